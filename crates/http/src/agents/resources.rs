//! `GET /api/v1/agent/resources`.
