//! Signatures and keys that are wrong only in the arithmetic of the curve.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use grantry_license::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::forge::{encode, with_signature};

/// The order of the group, little endian.
const GROUP_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The signature with the group's order added to S: the same point, a second spelling.
pub(super) fn with_unreduced_s(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let mut carry = 0;
    let sum = s.iter().zip(GROUP_ORDER).map(|(left, right)| {
        let sum = u16::from(*left) + u16::from(right) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    r.iter().copied().chain(sum.collect::<Vec<_>>()).collect()
}

/// The JWK of a "public key" of these bytes, sound or not.
pub(super) fn jwk_of(bytes: [u8; 32]) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(bytes), "use": "sig", "alg": "EdDSA" })
}

/// The canonical encoding of a point of order 1, 2, 4 or 8.
pub(super) fn small_order_point(index: usize) -> [u8; 32] {
    EIGHT_TORSION[index].compress().to_bytes()
}

/// The neutral point spelled as y = p + 1.
pub(super) fn oddly_spelled_neutral_point() -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xee;
    bytes[31] = 0x7f;
    bytes
}

/// A signature of anything under the neutral point as key: R = S·B holds whatever the message is.
pub(super) fn signature_under_neutral_key() -> Vec<u8> {
    let s = Scalar::from(12_345_u64);
    [(s * ED25519_BASEPOINT_POINT).compress().to_bytes(), s.to_bytes()].concat()
}

/// A token whose R is off by a point of order 8: only a verifier that multiplies by the cofactor takes it.
pub(super) fn token_with_torsion_in_r(input: &str, key: &SigningKey) -> String {
    let nonce = Scalar::from(54_321_u64);
    sign_with(input, key, nonce, nonce * ED25519_BASEPOINT_POINT + EIGHT_TORSION[1])
}

/// A token whose R is the neutral point, made with the private key: only the ban on small orders refuses it.
pub(super) fn token_with_neutral_r(input: &str, key: &SigningKey) -> String {
    sign_with(input, key, Scalar::ZERO, EIGHT_TORSION[0])
}

/// The last steps of signing (RFC 8032, 5.1.6), with an R of our choice.
fn sign_with(input: &str, key: &SigningKey, nonce: Scalar, r: EdwardsPoint) -> String {
    let r = r.compress();
    let private = ed25519_dalek::SigningKey::from_bytes(&key.seed()).to_scalar();
    let public = key.public_key().to_bytes();
    let hash = Sha512::new().chain_update(r.as_bytes()).chain_update(public).chain_update(input).finalize();
    let challenge = Scalar::from_bytes_mod_order_wide(&hash.into());
    let s = nonce + challenge * private;
    with_signature(input, [r.to_bytes(), s.to_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::{Scalar, sign_with};
    use crate::vectors::case::usual_key;
    use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
    use curve25519_dalek::edwards::CompressedEdwardsY;

    /// Were the arithmetic wrong, its cases would be refused for the wrong reason.
    #[test]
    fn forging_with_an_honest_r_gives_a_good_signature() {
        let nonce = Scalar::from(7_u64);
        let token = sign_with("a.b", &usual_key(), nonce, nonce * ED25519_BASEPOINT_POINT);
        let signature: [u8; 64] = super::super::forge::signature(&token).try_into().unwrap();
        assert!(usual_key().public_key().verifies(b"a.b", &signature));
    }

    #[test]
    fn torsion_in_r_verifies_with_the_cofactor_and_only_so() {
        let token = super::token_with_torsion_in_r("a.b", &usual_key());
        let signature: [u8; 64] = super::super::forge::signature(&token).try_into().unwrap();
        let public = usual_key().public_key();
        assert!(!public.verifies(b"a.b", &signature));
        let (r, s) = signature.split_at(32);
        let point = |bytes: &[u8]| CompressedEdwardsY::from_slice(bytes).unwrap().decompress().unwrap();
        let hash = <sha2::Sha512 as sha2::Digest>::digest([r, &public.to_bytes(), b"a.b"].concat());
        let challenge = Scalar::from_bytes_mod_order_wide(&hash.into());
        let s = Scalar::from_canonical_bytes(s.try_into().unwrap()).unwrap();
        let difference = s * ED25519_BASEPOINT_POINT - point(r) - challenge * point(&public.to_bytes());
        assert!(difference.is_small_order());
    }
}
