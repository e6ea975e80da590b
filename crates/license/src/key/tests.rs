//! Reading and writing keys, and which ones are refused.

use super::{KeyError, KeySet, PublicKey, SigningKey};

/// RFC 8410, 10.1 and 10.3.
const RFC_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
    -----END PUBLIC KEY-----\n";
const RFC_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
    -----END PRIVATE KEY-----\n";
/// RFC 8037, appendix A.
const RFC_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

#[test]
fn examples_of_the_standards_are_read_and_written_alike() {
    let signing = SigningKey::from_pkcs8_pem(RFC_PRIVATE).unwrap();
    let public = PublicKey::from_spki_pem(RFC_PUBLIC).unwrap();
    assert_eq!(signing.public_key(), public);
    assert_eq!(signing.to_pkcs8_pem().as_str(), RFC_PRIVATE);
    assert_eq!(public.to_spki_pem(), RFC_PUBLIC);
    assert_eq!(SigningKey::from_seed(signing.seed()).public_key(), public);

    let set = KeySet::from_jwks(RFC_JWK).unwrap();
    assert_eq!(set.keys()[0].key_id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(
        set.to_jwks().to_string(),
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\
         \"kid\":\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\",\"use\":\"sig\",\"alg\":\"EdDSA\"}]}"
    );
}

#[test]
fn key_sets_are_recognized_by_their_form() {
    let one = SigningKey::from_seed([1; 32]).public_key();
    let two = SigningKey::from_seed([2; 32]).public_key();
    let both: KeySet = [one.clone(), two.clone(), one.clone()].into_iter().collect();
    assert_eq!(both.keys().len(), 2);
    let pems = format!("# ours\r\n{}\nnext:\n{}", one.to_spki_pem().replace('\n', "\r\n"), two.to_spki_pem());
    assert_eq!(KeySet::parse(pems.as_bytes()), Ok(both.clone()));
    assert_eq!(KeySet::parse(both.to_jwks().to_string().as_bytes()), Ok(both.clone()));
    let only_one: KeySet = [one.clone()].into_iter().collect();
    assert_eq!(KeySet::parse(one.to_jwk().to_string().as_bytes()), Ok(only_one.clone()));
    assert_eq!(KeySet::parse(&one.to_bytes()), Ok(only_one));
    assert_eq!(both.find(two.key_id()), Some(&two));
    assert_eq!(both.find("other"), None);
}

#[test]
fn keys_of_other_kinds_are_left_out_of_a_set() {
    let jwk = SigningKey::from_seed([1; 32]).public_key().to_jwk();
    let set = format!(
        r#"{{"keys":[{{"kty":"RSA","n":"AQ","e":"AQAB"}},{{"kty":"OKP","crv":"X25519","x":"AA"}},
           {{"kty":"OKP","crv":"Ed25519","x":"AA","use":"enc"}},{jwk}]}}"#
    );
    assert_eq!(KeySet::from_jwks(&set).unwrap().keys().len(), 1);
}

#[test]
fn what_is_no_key_is_refused_with_its_reason() {
    let raw = [0xff; 33];
    for (bytes, expected) in [
        (&b""[..], KeyError::Unrecognized),
        (b"ssh-ed25519 AAAA", KeyError::Unrecognized),
        (&raw, KeyError::Unrecognized),
        (b"{}", KeyError::Jwk),
        (b"{\"keys\":{}}", KeyError::Jwk),
        (b"{\"keys\":[]}", KeyError::NoKey),
        (b"{\"keys\":[1]}", KeyError::Jwk),
        (b"{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", KeyError::Jwk),
        (b"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}", KeyError::Jwk),
        (b"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\",\"d\":\"AA\"}", KeyError::PrivateKey),
        (b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----", KeyError::Pem),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA", KeyError::Pem),
        (RFC_PRIVATE.as_bytes(), KeyError::PrivateKey),
    ] {
        assert_eq!(KeySet::parse(bytes), Err(expected), "{}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(SigningKey::from_pkcs8_pem(RFC_PUBLIC).unwrap_err(), KeyError::PublicKey);
    assert_eq!(SigningKey::from_pkcs8_pem("no key").unwrap_err(), KeyError::Pem);
}

#[test]
fn weak_and_oddly_encoded_points_are_refused() {
    let encoding = |first: u8, middle: u8, last: u8| {
        let mut bytes = [middle; 32];
        bytes[0] = first;
        bytes[31] = last;
        bytes
    };
    for (bytes, expected) in [
        (encoding(1, 0, 0), KeyError::Weak),            // y = 1, the neutral point
        (encoding(0xec, 0xff, 0x7f), KeyError::Weak),   // y = -1, of order 2
        (encoding(0, 0, 0), KeyError::Weak),            // y = 0, of order 4
        (encoding(0, 0, 0x80), KeyError::Weak),         // y = 0, the other one
        (encoding(1, 0, 0x80), KeyError::NotCanonical), // the neutral point with the sign of zero set
        (encoding(0xee, 0xff, 0x7f), KeyError::NotCanonical), // y = p + 1
        (encoding(0xed, 0xff, 0x7f), KeyError::NotCanonical), // y = p
        (encoding(2, 0, 0), KeyError::NotCanonical),    // not on the curve
    ] {
        assert_eq!(PublicKey::from_bytes(&bytes), Err(expected), "{bytes:02x?}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let key = SigningKey::from_seed([0x42; 32]);
    assert_eq!(format!("{key:?}"), format!("SigningKey {{ key_id: \"{}\", .. }}", key.key_id()));
}

/// The group's order L as in RFC 8032 5.1, little-endian; S + L is the same number to a lax verifier.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn with_order_added(signature: &[u8; 64]) -> [u8; 64] {
    let mut forged = *signature;
    let mut carry = 0;
    for (byte, added) in forged[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(added) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    forged
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// `verifies` takes a shorter way than `verify_strict`, and must always arrive at the same answer.
    #[test]
    fn decides_as_the_strict_verification_does(
        seed: [u8; 32],
        message in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        flips in proptest::collection::vec(0..512_usize, 0..3),
        r in 0..super::small_order::ENCODINGS.len() + 1,
        s_is_zero: bool,
    ) {
        let key = SigningKey::from_seed(seed);
        let good = key.sign_bytes(&message);
        let mut broken = good;
        for bit in flips {
            broken[bit / 8] ^= 1 << (bit % 8);
        }
        if let Some(encoding) = super::small_order::ENCODINGS.get(r) {
            broken[..32].copy_from_slice(encoding);
        }
        if s_is_zero {
            broken[32..].fill(0);
        }
        let public = key.public_key();
        let strict = ed25519_dalek::VerifyingKey::from_bytes(&public.to_bytes()).unwrap();
        for signature in [good, broken, with_order_added(&good), with_order_added(&broken)] {
            let expected = strict.verify_strict(&message, &ed25519_dalek::Signature::from_bytes(&signature)).is_ok();
            proptest::prop_assert_eq!(public.verifies(&message, &signature), expected);
        }
    }
}
