//! Files: small images that are shown beside names.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// An uploaded image, without its bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its id.
    pub id: Uuid,
    /// When it was uploaded.
    pub created_at: Time,
    /// What its bytes are: `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    pub content_type: String,
    /// How many bytes it has.
    pub size: u64,
    /// Where it is.
    pub url: String,
    /// Whether something shows it.
    pub in_use: bool,
}

/// The form that uploads an image, `multipart/form-data`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form; its parts are read one by one")]
pub struct UploadForm {
    /// The image: PNG, JPEG, GIF or WebP; at most 100 KiB, and 2048 pixels a side.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Whose it is: `organization`, also without.
    scope: Option<String>,
    /// Whether anybody may see it: `false`, also without.
    public: Option<String>,
}

/// The image of something.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageRequest {
    /// The file; null: none.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub image_id: Option<Uuid>,
}
