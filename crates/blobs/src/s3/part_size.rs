//! How an object is cut into parts.

/// The size of a part at first. All parts of blobs up to 7.8 GiB are equal, which some servers demand.
const PART: usize = 8 << 20;

/// After this many parts their size doubles, so that large blobs fit in the number of parts that S3 allows.
const DOUBLE_AFTER: usize = 1000;

/// How often it doubles: up to 64 MiB, for blobs up to 500 GiB.
const DOUBLINGS: usize = 3;

/// The size of the largest part, in bytes.
pub(crate) const LARGEST_PART: usize = PART << DOUBLINGS;

/// The most parts of an object.
pub(super) const MOST_PARTS: usize = 10_000;

/// The size of the part with this number, from 0.
pub(super) fn part_size(index: usize) -> usize {
    PART << (index / DOUBLE_AFTER).min(DOUBLINGS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_up_to_the_limit() {
        assert_eq!([0, 999].map(part_size), [PART, PART]);
        assert_eq!([1000, 2000, 3000, 9999].map(part_size), [2 * PART, 4 * PART, 8 * PART, LARGEST_PART]);
        let largest: u64 = (0..MOST_PARTS).map(|index| part_size(index) as u64).sum();
        assert!(largest > 450 << 30, "{largest}");
    }
}
