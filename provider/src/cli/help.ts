// SPDX-License-Identifier: Apache-2.0
// What `--help` prints.

import { PROGRAM } from "./command-line";
import type { CommandName } from "./command-line";

const SETTINGS = `
Settings (a flag wins over its environment variable VSPHERE_TRUST_AUTHORITY_…; stack config is not read):
  --server HOST[:PORT]           SERVER                 the Trust Authority vCenter
  --user NAME                    USER                   vCenter SSO account
  --password-file PATH           PASSWORD_FILE          file with the password
  --password-env NAME            PASSWORD               environment variable with the password
  --ca-certificate PEM           CA_CERTIFICATE         CA certificates to trust
  --ca-certificate-file PATH     CA_CERTIFICATE_FILE    file with them
  --server-fingerprint SHA-256   SERVER_FINGERPRINT     the server's certificate, instead of a CA
  --allow-unverified-tls         ALLOW_UNVERIFIED_TLS   no check of the server: for a lab only
`;

const WHICH = `
  --cluster ID                   only this Trust Authority cluster, e.g. domain-c8
  --key-provider ID              only key providers of this id
`;

const HELP: Readonly<Record<CommandName, string>> = {
  doctor: `Usage: ${PROGRAM} doctor [flags]

Checks this machine and the way to vCenter, line by line: what was found, and how to fix it. Changes nothing.
Exit status 0 if nothing failed, 1 if something did.
${WHICH}  --json                         a list of { check, status, found, fix } instead of text
${SETTINGS}`,
  list: `Usage: ${PROGRAM} list [flags]

Lists Trust Authority clusters, their key providers with their health, and the client certificates.
Exit status 1 if a part could not be read.
${WHICH}  --json                         JSON instead of text
${SETTINGS}`,
  "import-file": `Usage: ${PROGRAM} import-file [flags] > import.json

Writes a file for \`pulumi import --file import.json\` with what is on the hosts, so that resources come under
management without a write. The import itself sends no request. Needs Pulumi CLI 3.254 or later.
${WHICH}  --type TYPE                    KmsClientCertificate (default), KmsSelfSignedClientCertificate or
                                 KmsClientCertificateSigningRequest
${SETTINGS}`,
};

/** @internal */
export function helpOf(command: CommandName | undefined): string {
  if (command !== undefined) return HELP[command];
  return `Usage: ${PROGRAM} COMMAND [flags]

  doctor        checks this machine and the way to vCenter, and says how to fix what is wrong
  list          lists clusters, key providers, their health and their client certificates
  import-file   writes a file for \`pulumi import --file\`

\`${PROGRAM} COMMAND --help\` explains each. \`--version\` prints the version.
`;
}
