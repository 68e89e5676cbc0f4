// SPDX-License-Identifier: Apache-2.0
// The public surface as bare signatures: the declarations of index.ts in one, without their comments.

import { join } from "node:path";
import { generateDtsBundle } from "dts-bundle-generator";
import { createPrinter, createSourceFile, NewLineKind, ScriptTarget } from "typescript";
import * as lifecycle from "../../provider/src/lifecycle/index";

/**
 * The text of `provider/etc/api.md`.
 *
 * @throws Error if something that is marked `@internal` is part of the surface
 */
export function apiReport(root: string): string {
  const entry = {
    filePath: join(root, "provider/src/index.ts"),
    output: { noBanner: true, exportReferencedTypes: false },
  };
  const options = { preferredConfigPath: join(root, "provider/tsconfig.json") };
  const [bundle = ""] = generateDtsBundle([entry], options);
  const leaked = /@internal[\s\S]*?\n(.*)/.exec(bundle);
  if (leaked !== null) throw new Error(`the public surface holds what is internal, near: ${leaked[1] ?? ""}`);
  const handlers = Object.keys(lifecycle).map((name) => `\`${name}\``);
  const printer = createPrinter({ removeComments: true, newLine: NewLineKind.LineFeed });
  const signatures = printer.printFile(createSourceFile("api.d.ts", bundle, ScriptTarget.ES2022));
  return `# What a program may import

Written by \`npm run reference\`; a change of it is a change of the public surface. What each means: docs/reference.

\`\`\`ts
${signatures.trim()}
\`\`\`

From \`/lifecycle\`, for Pulumi's provider process alone: ${handlers.join(", ")}. States name them for ever.
`;
}
