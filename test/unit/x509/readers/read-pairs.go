// SPDX-License-Identifier: Apache-2.0

// Reads the pairs of files (certificate, key) that stdin names, one pair a line; writes an empty line for each pair that is
// read and fits, or why not.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

func read(certificateFile, keyFile string) error {
	certificate, err := os.ReadFile(certificateFile)
	if err != nil {
		return err
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	block, rest := pem.Decode(key)
	if block == nil || block.Type != "PRIVATE KEY" || len(rest) > 0 {
		return errors.New("not one block of PKCS#8")
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		return err
	}
	block, rest = pem.Decode(certificate)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		return errors.New("not one block with a certificate")
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		return err
	}
	// Fails for a key that is not the certificate's.
	_, err = tls.X509KeyPair(certificate, key)
	return err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		certificate, key, _ := strings.Cut(lines.Text(), " ")
		problem := ""
		if err := read(certificate, key); err != nil {
			problem = err.Error()
		}
		fmt.Println(problem)
	}
}
