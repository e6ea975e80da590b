//! Files: small images that are shown beside names. What one is, its bytes say; not who sent it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::field::FieldError;
use crate::id::FileId;

/// Most bytes of an image.
pub const MAX_BYTES: usize = 100 * 1024;
/// Most pixels of an image's side: what a browser unpacks is bounded, too.
pub const MAX_SIDE: usize = 2048;
/// Most files of an organization.
pub const MAX_FILES: u64 = 1000;
/// Most bytes of an organization's files together.
pub const MAX_TOTAL: u64 = 50 * 1024 * 1024;

/// An image that a member uploaded, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// What its bytes are.
    pub kind: ImageKind,
    /// How many bytes it has.
    pub size: u64,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// How many files there are, and how many bytes they have together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileUsage {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
}

impl FileUsage {
    /// Whether there is room for one more of this size.
    pub fn has_room_for(self, size: u64) -> bool {
        self.files < MAX_FILES && self.bytes.saturating_add(size) <= MAX_TOTAL
    }
}

/// The formats that are taken. None of them can carry script, which SVG can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
}

/// A text that names no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the media type of a PNG, JPEG, GIF or WebP image")]
pub struct UnknownImageKind;

impl ImageKind {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::WebP];

    /// The media type, on the wire and in the database.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }
}

impl FromStr for ImageKind {
    type Err = UnknownImageKind;

    fn from_str(text: &str) -> Result<Self, UnknownImageKind> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == text).ok_or(UnknownImageKind)
    }
}

impl fmt::Display for ImageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.media_type())
    }
}

/// Judges the bytes of an image.
///
/// # Errors
/// There are too many of them, they are no image in one of the formats, or one with too many pixels.
pub fn recognize(bytes: &[u8]) -> Result<ImageKind, FieldError> {
    let refuse = |code, message: String| Err(FieldError::new("file", code, message));
    if bytes.is_empty() {
        return refuse("file_empty", "Choose an image.".to_owned());
    }
    if bytes.len() > MAX_BYTES {
        let message = format!("The image is larger than {} KiB. Choose a smaller one.", MAX_BYTES / 1024);
        return refuse("file_too_large", message);
    }
    let Some((kind, width, height)) = read_header(bytes) else {
        let message = if is_svg(bytes) {
            "SVG images are not taken, because they can carry scripts. Save it as PNG or WebP."
        } else {
            "The file is no PNG, JPEG, GIF or WebP image. Choose another one."
        };
        return refuse("file_no_image", message.to_owned());
    };
    if width > MAX_SIDE || height > MAX_SIDE {
        let message = format!(
            "The image has {width} × {height} pixels, and {MAX_SIDE} are the most for a side. Make it smaller."
        );
        return refuse("file_too_many_pixels", message);
    }
    Ok(kind)
}

/// Format, width and height, if the bytes begin as an image of one of the formats does.
fn read_header(bytes: &[u8]) -> Option<(ImageKind, usize, usize)> {
    let kind = match imagesize::image_type(bytes).ok()? {
        imagesize::ImageType::Png => ImageKind::Png,
        imagesize::ImageType::Jpeg => ImageKind::Jpeg,
        imagesize::ImageType::Gif => ImageKind::Gif,
        imagesize::ImageType::Webp => ImageKind::WebP,
        _ => return None,
    };
    let size = imagesize::blob_size(bytes).ok()?;
    (size.width > 0 && size.height > 0).then_some((kind, size.width, size.height))
}

/// Only for saying why it is refused.
fn is_svg(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(4096)].to_ascii_lowercase().windows(4).any(|four| four == b"<svg")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    fn gif(width: u16, height: u16) -> Vec<u8> {
        [b"GIF89a".as_slice(), &width.to_le_bytes(), &height.to_le_bytes(), b"\0\0\0"].concat()
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let application = b"\xff\xd8\xff\xe0\0\x06JFIF";
        let frame = b"\xff\xc2\0\x11\x08";
        [application.as_slice(), frame, &height.to_be_bytes(), &width.to_be_bytes()].concat()
    }

    fn webp(chunk: &[u8; 4], rest: &[u8]) -> Vec<u8> {
        [b"RIFF\0\0\0\0WEBP".as_slice(), chunk, b"\0\0\0\0", rest].concat()
    }

    fn code(bytes: &[u8]) -> &'static str {
        recognize(bytes).unwrap_err().code
    }

    #[test]
    fn formats_are_known_by_their_bytes() {
        assert_eq!(recognize(&png(64, 32)), Ok(ImageKind::Png));
        assert_eq!(recognize(&gif(64, 32)), Ok(ImageKind::Gif));
        assert_eq!(recognize(&jpeg(64, 32)), Ok(ImageKind::Jpeg));
        assert_eq!(recognize(&webp(b"VP8X", &[0, 0, 0, 0, 63, 0, 0, 31, 0, 0])), Ok(ImageKind::WebP));
        assert_eq!(recognize(&webp(b"VP8L", &[0x2f, 63, 0xc0, 7, 0])), Ok(ImageKind::WebP));
        assert_eq!(recognize(&webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a\x40\0\x20\0")), Ok(ImageKind::WebP));
        for kind in ImageKind::ALL {
            assert_eq!(kind.media_type().parse(), Ok(kind));
        }
    }

    #[test]
    fn what_is_no_small_image_is_refused_with_the_reason() {
        assert_eq!(code(b""), "file_empty");
        assert_eq!(code(&vec![0; MAX_BYTES + 1]), "file_too_large");
        for bytes in
            [&b"<html>GIF89a"[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xda", b"RIFF\0\0\0\0WAVE"]
        {
            assert_eq!(code(bytes), "file_no_image", "{bytes:?}");
        }
        let svg = recognize(b"<?xml version=\"1.0\"?><SVG onload=\"alert(1)\"/>").unwrap_err();
        assert!(svg.code == "file_no_image" && svg.message.starts_with("SVG"), "{svg:?}");
        assert_eq!(code(&png(0, 32)), "file_no_image");
        assert_eq!(code(&png(2049, 32)), "file_too_many_pixels");
        assert_eq!(code(&jpeg(64, 65_535)), "file_too_many_pixels");
        assert_eq!(recognize(&png(2048, 2048)), Ok(ImageKind::Png));
    }

    #[test]
    fn there_is_room_up_to_both_limits() {
        assert!(FileUsage { files: MAX_FILES - 1, bytes: 0 }.has_room_for(1));
        assert!(!FileUsage { files: MAX_FILES, bytes: 0 }.has_room_for(1));
        assert!(FileUsage { files: 1, bytes: MAX_TOTAL - 1 }.has_room_for(1));
        assert!(!FileUsage { files: 1, bytes: MAX_TOTAL }.has_room_for(1));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            start in prop::sample::select(vec![&b""[..], b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 ", b"\x89PNG\r\n\x1a\n"]),
            bytes in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = recognize(&[start, &bytes].concat());
        }
    }
}
