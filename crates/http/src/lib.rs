//! HTTP surfaces of Grantry: API and portals.
