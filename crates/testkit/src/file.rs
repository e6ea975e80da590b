//! Images of a test hub, by its API.

use crate::application::Part;
use crate::client::Client;

/// A PNG image of one pixel.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xde\
    \0\0\0\x0cIDATx\xda\x63\xf0\x77\x7b\x0a\0\x02\x62\x01\x7b\xff\xdb\xac\xdd\0\0\0\0IEND\xae\x42\x60\x82";
/// A GIF image of one pixel.
pub const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\x4f\x46\xe5\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

impl Client {
    /// Uploads an image; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_file(&self, bytes: &[u8]) -> String {
        let parts: [Part<'_>; 1] = [("file", "image/png", bytes)];
        let id = self.form("/api/v1/files", &parts).send().await.expect(200).json();
        id.as_str().expect("the answer is an id").to_owned()
    }
}
