// Verifies license tokens with golang-jwt. Reads a list of requests as JSON from standard input and prints their answers as
// JSON; interop/verifier.mjs describes both.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type request struct {
	Token        string `json:"token"`
	Pem          string `json:"pem"`
	Jwks         *jwks  `json:"jwks"`
	Organization string `json:"organization"`
	Issuer       string `json:"issuer"`
	Now          *int64 `json:"now"`
}

type jwks struct {
	Keys []jwk `json:"keys"`
}

type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	Kid string `json:"kid"`
	X   string `json:"x"`
}

type answer struct {
	Claims jwt.MapClaims `json:"claims,omitempty"`
	Error  string        `json:"error,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		return err
	}
	answers := make([]answer, 0, len(requests))
	for _, one := range requests {
		claims, err := one.verify()
		if err != nil {
			answers = append(answers, answer{Error: err.Error()})
		} else {
			answers = append(answers, answer{Claims: claims})
		}
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

func (in request) verify() (jwt.MapClaims, error) {
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{"EdDSA"}),
		jwt.WithAudience("license-key"),
		jwt.WithExpirationRequired(),
		jwt.WithJSONNumber(), // integers of the payload beyond 2^53 survive
	}
	if in.Issuer != "" {
		options = append(options, jwt.WithIssuer(in.Issuer))
	}
	if in.Now != nil {
		options = append(options, jwt.WithTimeFunc(func() time.Time { return time.Unix(*in.Now, 0) }))
	}
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(in.Token, claims, in.key, options...); err != nil {
		return nil, err
	}
	if claims["org"] != in.Organization {
		return nil, errors.New("the token is of another organization")
	}
	return claims, nil
}

// key gives the key for a token: the only one of the PEM text, or the one of the set that the token names.
func (in request) key(token *jwt.Token) (interface{}, error) {
	if in.Jwks == nil {
		return jwt.ParseEdPublicKeyFromPEM([]byte(in.Pem))
	}
	for _, one := range in.Jwks.Keys {
		if one.Kid != token.Header["kid"] || one.Kty != "OKP" || one.Crv != "Ed25519" {
			continue
		}
		raw, err := base64.RawURLEncoding.DecodeString(one.X)
		if err != nil || len(raw) != ed25519.PublicKeySize {
			return nil, errors.New("the key set holds a malformed key")
		}
		return ed25519.PublicKey(raw), nil
	}
	return nil, errors.New("the key set does not hold the key that the token names")
}
