// The floors of the house (DESIGN.md, "The house"): imports go only downward, and some packages have one importer.
const floors = ["core", "x509", "vsphere", "kms", "process", "resources", "lifecycle", "lookups"];
const upward = floors.map((floor, level) => ({
  name: `${floor}-imports-upward`,
  severity: "error",
  from: { path: `^provider/src/${floor}/` },
  to: {
    path: [
      ...floors.slice(level + 1).map((above) => `^provider/src/${above}/`),
      "^provider/src/[^/]+\\.ts$",
      // x509 and vsphere stand side by side: neither knows the other.
      ...(floor === "vsphere" ? ["^provider/src/x509/"] : []),
    ],
  },
}));

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, path: "^provider/src" }, to: {} },
    ...upward,
    {
      name: "program-code-loads-no-provider-code",
      comment: "what a Pulumi program imports loads @pulumi/pulumi and nothing else",
      severity: "error",
      from: { path: "^provider/src/[^/]+\\.ts$" },
      to: {
        path: "^provider/src/(lifecycle|resources|process|kms|vsphere|x509|core)/",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "functions-are-loaded-when-called",
      comment: "what answers a function speaks HTTP: a program that calls none must not load it",
      severity: "error",
      from: { path: "^provider/src/[^/]+\\.ts$" },
      to: { path: "^provider/src/lookups/", dependencyTypesNot: ["type-only", "require"] },
    },
    {
      name: "functions-are-apart-from-resources",
      severity: "error",
      from: { path: "^provider/src/lookups/" },
      to: { path: "^provider/src/(resources|lifecycle)/" },
    },
    {
      name: "command-line-stands-beside-the-program",
      comment: "it must run where the SDK is missing, and nothing needs it",
      severity: "error",
      from: { path: "^provider/src/cli/" },
      to: { path: "^provider/src/(lifecycle|lookups)/|^provider/src/(?!registered-types)[^/]+\\.ts$" },
    },
    {
      name: "nothing-imports-the-command-line",
      severity: "error",
      from: { path: "^provider/src/", pathNot: "^provider/src/cli/" },
      to: { path: "^provider/src/cli/" },
    },
    {
      name: "undici-only-in-http",
      severity: "error",
      from: { path: "^provider/src", pathNot: "^provider/src/vsphere/http/http-client\\.ts$" },
      to: { path: "node_modules/undici" },
    },
    {
      name: "forge-only-in-x509",
      severity: "error",
      from: { path: "^provider/src", pathNot: "^provider/src/x509/" },
      to: { path: "node_modules/(@types/)?node-forge" },
    },
    {
      name: "pulumi-only-on-top-and-in-progress",
      severity: "error",
      from: { path: "^provider/src/.+/", pathNot: "^provider/src/process/display\\.ts$" },
      to: { path: "node_modules/@pulumi", dependencyTypesNot: ["type-only"] },
    },
    { name: "provider-imports-no-test", severity: "error", from: { path: "^provider/" }, to: { path: "^test/" } },
    {
      name: "simulator-is-an-independent-witness",
      severity: "error",
      from: { path: "^test/simulator/" },
      // Nothing of the package under test, and nothing of this workspace but itself.
      to: { path: ["^provider/", "^test/(?!simulator/)", "node_modules/pulumi-vsphere-trust-authority(?!-simulator)"] },
    },
    {
      name: "simulator-imports-no-test",
      severity: "error",
      from: { path: "^test/simulator/src/" },
      to: { path: "^test/simulator/test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    exclude: { path: "dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default", "types"] },
  },
};
