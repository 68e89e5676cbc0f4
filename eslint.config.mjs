import tseslint from "typescript-eslint";

// Types are needed for the rules that matter here: a forgotten await is a forgotten task.
export default tseslint.config(
  {
    ignores: [
      "**/dist/**",
      "**/node_modules/**",
      ".cache/**",
      "**/*.cjs",
      "**/*.mjs",
      "test/e2e/programs/**",
      "test/package/programs/**",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Numbers and booleans print as themselves; objects in a template are the mistake this rule is for.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportAllDeclaration",
          message: "Growth of a module's surface must show in a diff: export by name.",
        },
        {
          selector:
            ":matches(VariableDeclarator > .id, :function > .params, ObjectPattern > Property > .value, TSPropertySignature > .key)[name='process']",
          message: "`process` is Node's: what a provider process shares is called `providerProcess`.",
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // node:test's describe and it return promises that the runner itself awaits.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", name: ["describe", "it", "test", "suite"], package: "node:test" },
          ],
        },
      ],
    },
  },
);
