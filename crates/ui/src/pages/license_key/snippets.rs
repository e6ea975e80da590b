//! How an application verifies a token, in the languages that vendors ask for.

use grantry_model::id::OrganizationId;
use maud::{Markup, html};

use crate::components::copy::snippet;
use crate::components::tabs::Tab;
use crate::route::PublicKey;

/// One tab per language, ready to copy.
pub(super) fn tabs(hub: &str, organization: OrganizationId) -> Vec<Tab> {
    let (key, organization) = (PublicKey.to_string(), organization.to_string());
    let fill =
        |text: &str| text.replace("ORGANIZATION", &organization).replace("KEY", &key).replace("HUB", hub);
    let tab = |label, id: &str, note: &str, text: &str| Tab { label, content: panel(id, note, &fill(text)) };
    vec![
        tab(
            "Command line",
            "verify-cli",
            "Prints the claims, or the name of the error and exits with 1.",
            COMMAND,
        ),
        tab("Rust", "verify-rust", "With the crate grantry-license.", RUST),
        tab("Go", "verify-go", "With github.com/golang-jwt/jwt/v5.", GO),
        tab("Python", "verify-python", "With PyJWT[crypto].", PYTHON),
        tab("JavaScript", "verify-javascript", "With jose, in Node.js or a browser.", JAVASCRIPT),
        tab(
            "Java",
            "verify-java",
            "With com.nimbusds:nimbus-jose-jwt and com.google.crypto.tink:tink.",
            JAVA,
        ),
    ]
}

fn panel(id: &str, note: &str, text: &str) -> Markup {
    html! { p.muted { (note) } (snippet(id, text, "code")) }
}

const COMMAND: &str = r#"grantry verify "$TOKEN" \
  --key HUBKEY \
  --organization ORGANIZATION"#;

const RUST: &str = r#"use grantry_license::{ExpectedOrganization, KeySet, Verifier};

let keys = KeySet::from_pem(include_str!("license-key.pem"))?;
let organization = ExpectedOrganization::Exactly("ORGANIZATION".parse()?);
let license = Verifier::new(keys, organization).verify(&token, now)?;
let claims = license.claims.payload.to_value();"#;

const GO: &str = r#"key, err := jwt.ParseEdPublicKeyFromPEM(pem)
if err != nil {
	return err
}
claims := jwt.MapClaims{}
_, err = jwt.ParseWithClaims(token, claims,
	func(*jwt.Token) (any, error) { return key, nil },
	jwt.WithValidMethods([]string{"EdDSA"}),
	jwt.WithIssuer("HUB"),
	jwt.WithAudience("license-key"),
	jwt.WithExpirationRequired())
if err == nil && claims["org"] != "ORGANIZATION" {
	err = errors.New("license of another organization")
}"#;

const PYTHON: &str = r#"import jwt

claims = jwt.decode(
    token,
    public_key_pem,
    algorithms=["EdDSA"],
    audience="license-key",
    issuer="HUB",
)
if claims["org"] != "ORGANIZATION":
    raise ValueError("license of another organization")"#;

const JAVASCRIPT: &str = r#"import { importSPKI, jwtVerify } from "jose";

const key = await importSPKI(publicKeyPem, "EdDSA");
const { payload } = await jwtVerify(token, key, {
  algorithms: ["EdDSA"],
  audience: "license-key",
  issuer: "HUB",
});
if (payload.org !== "ORGANIZATION") {
  throw new Error("license of another organization");
}"#;

const JAVA: &str = r#"OctetKeyPair key = OctetKeyPair.parse(publicJwk);
SignedJWT token = SignedJWT.parse(text);
JWTClaimsSet claims = token.getJWTClaimsSet();
Date now = new Date();
boolean valid = token.verify(new Ed25519Verifier(key))
    && claims.getAudience().contains("license-key")
    && "HUB".equals(claims.getIssuer())
    && "ORGANIZATION".equals(claims.getStringClaim("org"))
    && !now.before(claims.getNotBeforeTime())
    && now.before(claims.getExpirationTime());"#;
