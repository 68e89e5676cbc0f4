// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * Reads the pairs of files (certificate, key) that stdin names, one pair a line; writes an empty line for each pair that is read and fits,
 * or why not.
 */
class ReadPairs {
  static void read(Path certificateFile, Path keyFile) throws Exception {
    PublicKey ofCertificate;
    try (var stream = Files.newInputStream(certificateFile)) {
      ofCertificate = CertificateFactory.getInstance("X.509").generateCertificate(stream).getPublicKey();
    }
    var base64 = Files.readString(keyFile).replaceAll("-----(BEGIN|END) PRIVATE KEY-----|\n", "");
    var pkcs8 = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
    PrivateKey key = KeyFactory.getInstance(ofCertificate.getAlgorithm()).generatePrivate(pkcs8);
    var signature = Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
    var text = new byte[] {1, 2, 3};
    signature.initSign(key);
    signature.update(text);
    var signed = signature.sign();
    signature.initVerify(ofCertificate);
    signature.update(text);
    if (!signature.verify(signed)) throw new Exception("the key is not the certificate's");
  }

  public static void main(String[] none) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      var problem = "";
      try {
        var names = line.split(" ");
        read(Path.of(names[0]), Path.of(names[1]));
      } catch (Exception error) {
        problem = error.toString().replace('\n', ' ');
      }
      System.out.println(problem);
    }
  }
}
