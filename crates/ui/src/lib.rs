//! Pages of the Vendor Portal and the Customer Portal.
