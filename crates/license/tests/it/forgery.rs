//! Nothing passes but what was signed.

use grantry_license::{
    ExpectedOrganization, KeySet, ListCheck, Payload, PublicKey, RevocationList, SigningKey, VerifyError,
    decode_unverified, sign,
};
use proptest::prelude::*;

use crate::tokens::{content, key, verifier};

fn token() -> String {
    let payload = Payload::parse(r#"{"seats":25}"#).expect("the payload is sound");
    sign(&content(&payload), &key()).expect("the content is sound")
}

#[test]
fn any_flipped_bit_fails() {
    let token = token();
    let verifier = verifier();
    assert!(verifier.verify(&token, 1_500).is_ok());
    for index in 0..token.len() {
        for bit in 0..8 {
            let mut bytes = token.clone().into_bytes();
            bytes[index] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let outcome = verifier.verify(&changed, 1_500);
            assert!(outcome.is_err(), "bit {bit} of character {index} may be changed");
            assert!(
                !matches!(outcome, Err(VerifyError::Expired(_) | VerifyError::NotYetValid)),
                "unproven claims were believed: bit {bit} of character {index}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_replaced_character_fails(index: prop::sample::Index, character: char) {
        let token = token();
        let index = index.index(token.len());
        let changed = format!("{}{character}{}", &token[..index], &token[index + 1..]);
        prop_assume!(changed != token);
        prop_assert!(verifier().verify(&changed, 1_500).is_err());
    }

    #[test]
    fn any_cut_or_grown_token_fails(index: prop::sample::Index, more in "[A-Za-z0-9_.=-]{1,8}") {
        let token = token();
        let (head, tail) = token.split_at(index.index(token.len()));
        prop_assert!(verifier().verify(head, 1_500).is_err());
        let grown = format!("{head}{more}{tail}");
        prop_assert!(verifier().verify(&grown, 1_500).is_err());
    }

    #[test]
    fn nothing_panics_on_any_text(text in ".*") {
        let _ = verifier().verify(&text, 0);
        let _ = decode_unverified(&text);
        let _ = KeySet::parse(text.as_bytes());
        let _ = PublicKey::from_spki_pem(&text);
        let _ = SigningKey::from_pkcs8_pem(&text);
        let keys = KeySet::new();
        prop_assert!(RevocationList::verify(&text, &ListCheck::new(&keys, ExpectedOrganization::Any), 0).is_err());
    }

    #[test]
    fn nothing_panics_on_any_key(bytes: Vec<u8>, raw: [u8; 32], damage: prop::sample::Index) {
        let _ = KeySet::parse(&bytes);
        if let Ok(key) = PublicKey::from_bytes(&raw) {
            prop_assert_eq!(key.to_bytes(), raw);
            prop_assert_eq!(PublicKey::from_spki_pem(&key.to_spki_pem()), Ok(key));
        }
        let signing = SigningKey::from_seed(raw);
        let pem = signing.to_pkcs8_pem();
        prop_assert_eq!(SigningKey::from_pkcs8_pem(&pem).unwrap().seed(), raw);
        let cut = &pem[..damage.index(pem.len() - 1)];
        prop_assert!(SigningKey::from_pkcs8_pem(cut).is_err());
    }
}
