//! Test hub, one client per actor, test databases.
