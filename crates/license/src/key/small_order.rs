//! The eight points of small order.

/// The canonical encodings of all points whose order divides eight; each y but 1 and -1 belongs to two of them.
pub(super) const ENCODINGS: [[u8; 32]; 8] = [
    y(0x01, [0; 30], 0x00),
    y(0xec, [0xff; 30], 0x7f),
    y(0x00, [0; 30], 0x00),
    y(0x00, [0; 30], 0x80),
    y(0x26, MIDDLE, 0x05),
    y(0x26, MIDDLE, 0x85),
    y(0xc7, NEGATED_MIDDLE, 0x7a),
    y(0xc7, NEGATED_MIDDLE, 0xfa),
];

/// The inner bytes of the y of two points of order 8.
const MIDDLE: [u8; 30] = [
    0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
    0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc,
];
/// Those of the other two, whose y is the negative.
const NEGATED_MIDDLE: [u8; 30] = {
    let mut bytes = MIDDLE;
    let mut index = 0;
    while index < bytes.len() {
        bytes[index] = !bytes[index];
        index += 1;
    }
    bytes
};

const fn y(first: u8, middle: [u8; 30], last: u8) -> [u8; 32] {
    let mut bytes = [first; 32];
    bytes[31] = last;
    let mut index = 0;
    while index < middle.len() {
        bytes[index + 1] = middle[index];
        index += 1;
    }
    bytes
}

/// Whether this canonical encoding is one of a point of small order.
pub(super) fn is_small_order(encoding: &[u8]) -> bool {
    ENCODINGS.iter().any(|point| point == encoding)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ENCODINGS, is_small_order};

    #[test]
    fn all_points_of_small_order_are_listed() {
        for encoding in ENCODINGS {
            let point = ed25519_dalek::VerifyingKey::from_bytes(&encoding).expect("a point");
            assert!(point.is_weak(), "{encoding:02x?}");
            assert_eq!(point.to_edwards().compress().to_bytes(), encoding);
            assert!(is_small_order(&encoding));
        }
        // The torsion group has eight elements, so eight different ones are all of them.
        assert_eq!(ENCODINGS.iter().collect::<BTreeSet<_>>().len(), 8);
        assert!(!is_small_order(&crate::SigningKey::from_seed([1; 32]).public_key().to_bytes()));
    }
}
