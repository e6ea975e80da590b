//! The sample vendors, their customers, people and license keys. Days are counted from the day the data is made:
//! `days_ago` says when something happened, `from` and `until` lie in the past if negative.

use grantry_model::role::Role;

/// A vendor.
pub(super) struct OrganizationSample {
    pub(super) name: &'static str,
    pub(super) slug: &'static str,
    pub(super) founded_days_ago: i64,
    pub(super) founder: Person,
    /// When each joined, and who.
    pub(super) staff: &'static [(i64, Person)],
    /// Organization-wide keys.
    pub(super) keys: &'static [KeySample],
    pub(super) customers: &'static [CustomerSample],
}

/// Somebody with an account.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) role: Role,
}

/// A customer of the vendor.
pub(super) struct CustomerSample {
    pub(super) name: &'static str,
    pub(super) days_ago: i64,
    pub(super) members: &'static [Person],
    pub(super) keys: &'static [KeySample],
}

/// A license key as it was created.
pub(super) struct KeySample {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) days_ago: i64,
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) grace_days: i64,
    pub(super) payload: &'static str,
    pub(super) revisions: &'static [RevisionSample],
}

/// A later content of a license key.
pub(super) struct RevisionSample {
    pub(super) days_ago: i64,
    pub(super) until: i64,
    pub(super) payload: &'static str,
}

const fn person(name: &'static str, email: &'static str, role: Role) -> Person {
    Person { name, email, role }
}

/// The sample.
pub(super) const ORGANIZATIONS: &[OrganizationSample] = &[NORTHWIND, HALDEN];

const NORTHWIND: OrganizationSample = OrganizationSample {
    name: "Northwind Robotics",
    slug: "northwind",
    founded_days_ago: 460,
    founder: person("Mara Klein", "mara.klein@northwind.example", Role::Admin),
    staff: &[
        (430, person("Jonas Weber", "jonas.weber@northwind.example", Role::ReadWrite)),
        (200, person("Lea Santos", "lea.santos@northwind.example", Role::ReadOnly)),
    ],
    keys: &[KeySample {
        name: "COMMUNITY_CONNECTORS",
        description: "Open connectors, free for every customer",
        days_ago: 300,
        from: -300,
        until: 430,
        grace_days: 0,
        payload: r#"{"connectors":["opcua","mqtt","rest"]}"#,
        revisions: &[],
    }],
    customers: &[
        CustomerSample {
            name: "Initech GmbH",
            days_ago: 420,
            members: &[
                person("Peter Bolt", "peter.bolt@initech.example", Role::Admin),
                person("Nina Okafor", "nina.okafor@initech.example", Role::ReadOnly),
            ],
            keys: &[
                KeySample {
                    name: "INITECH_FLEET",
                    description: "Fleet Manager, enterprise tier",
                    days_ago: 415,
                    from: -415,
                    until: -50,
                    grace_days: 14,
                    payload: r#"{"plan":"pro","seats":100,"modules":["fleet"],"support":"business-hours"}"#,
                    revisions: &[
                        RevisionSample {
                            days_ago: 210,
                            until: -50,
                            payload: r#"{"plan":"enterprise","seats":100,"modules":["fleet","analytics","routing"],"support":"24x7"}"#,
                        },
                        RevisionSample {
                            days_ago: 55,
                            until: 341,
                            payload: r#"{"plan":"enterprise","seats":250,"modules":["fleet","analytics","routing"],"support":"24x7"}"#,
                        },
                    ],
                },
                KeySample {
                    name: "INITECH_ANALYTICS",
                    description: "Forecast add-on for the plants in Berlin and Lyon",
                    days_ago: 200,
                    from: -200,
                    until: 12,
                    grace_days: 7,
                    payload: r#"{"modules":["forecast","reporting"],"plants":["berlin","lyon"]}"#,
                    revisions: &[],
                },
            ],
        },
        CustomerSample {
            name: "Aperture Labs",
            days_ago: 400,
            members: &[person("Carol Reyes", "carol.reyes@aperture.example", Role::Admin)],
            keys: &[
                KeySample {
                    name: "APERTURE_FLEET",
                    description: "Fleet Manager, pro tier",
                    days_ago: 395,
                    from: -395,
                    until: -30,
                    grace_days: 14,
                    payload: r#"{"plan":"pro","seats":25,"modules":["fleet"],"support":"business-hours"}"#,
                    revisions: &[RevisionSample {
                        days_ago: 35,
                        until: 335,
                        payload: r#"{"plan":"pro","seats":40,"modules":["fleet"],"support":"business-hours"}"#,
                    }],
                },
                KeySample {
                    name: "APERTURE_SANDBOX",
                    description: "Not for production",
                    days_ago: 90,
                    from: -90,
                    until: 97,
                    grace_days: 0,
                    payload: r#"{"plan":"pro","seats":5,"environment":"sandbox"}"#,
                    revisions: &[],
                },
            ],
        },
        CustomerSample {
            name: "Globex Corporation",
            days_ago: 380,
            members: &[person("Hank Muller", "hank.muller@globex.example", Role::Admin)],
            keys: &[KeySample {
                name: "GLOBEX_FLEET",
                description: "Fleet Manager, pro tier",
                days_ago: 370,
                from: -370,
                until: -5,
                grace_days: 0,
                payload: r#"{"plan":"pro","seats":60,"modules":["fleet"],"support":"business-hours"}"#,
                revisions: &[],
            }],
        },
        CustomerSample {
            name: "Hooli",
            days_ago: 25,
            members: &[person("Gavin Stone", "gavin.stone@hooli.example", Role::Admin)],
            keys: &[KeySample {
                name: "HOOLI_TRIAL",
                description: "Thirty days to try everything",
                days_ago: 10,
                from: -10,
                until: 20,
                grace_days: 0,
                payload: r#"{"plan":"trial","seats":10,"modules":["fleet","analytics"]}"#,
                revisions: &[],
            }],
        },
        CustomerSample {
            name: "Soylent Industries",
            days_ago: 360,
            members: &[person("Rosa Thorn", "rosa.thorn@soylent.example", Role::Admin)],
            keys: &[
                KeySample {
                    name: "SOYLENT_FLEET_EU",
                    description: "Sites in Europe",
                    days_ago: 350,
                    from: -350,
                    until: 219,
                    grace_days: 30,
                    payload: r#"{"plan":"enterprise","seats":400,"modules":["fleet","analytics","routing"],"support":"24x7"}"#,
                    revisions: &[RevisionSample {
                        days_ago: 120,
                        until: 219,
                        payload: r#"{"plan":"enterprise","seats":520,"modules":["fleet","analytics","routing"],"support":"24x7"}"#,
                    }],
                },
                KeySample {
                    name: "SOYLENT_FLEET_US",
                    description: "Sites in North America",
                    days_ago: 340,
                    from: -340,
                    until: 219,
                    grace_days: 30,
                    payload: r#"{"plan":"enterprise","seats":300,"modules":["fleet","analytics","routing"],"support":"24x7"}"#,
                    revisions: &[],
                },
                KeySample {
                    name: "SOYLENT_ROUTING_BETA",
                    description: "Early access to routing",
                    days_ago: 80,
                    from: -80,
                    until: 64,
                    grace_days: 0,
                    payload: r#"{"modules":["routing"],"flags":{"routing.v2":true}}"#,
                    revisions: &[],
                },
            ],
        },
        CustomerSample {
            name: "Stark Medical",
            days_ago: 330,
            members: &[person("Ines Falk", "ines.falk@stark-medical.example", Role::Admin)],
            keys: &[KeySample {
                name: "STARK_OFFLINE",
                description: "Air-gapped site, renewed by mail once a year",
                days_ago: 320,
                from: -320,
                until: 341,
                grace_days: 60,
                payload: r#"{"plan":"enterprise","seats":80,"airGapped":true,"maintenanceUntil":"2027-10-31"}"#,
                revisions: &[],
            }],
        },
        CustomerSample { name: "Umbrella Health", days_ago: 60, members: &[], keys: &[] },
        CustomerSample {
            name: "Wayne Enterprises",
            days_ago: 300,
            members: &[person("Lucia Fox", "lucia.fox@wayne.example", Role::Admin)],
            keys: &[KeySample {
                name: "WAYNE_PERPETUAL",
                description: "Perpetual, maintenance until the date in the claims",
                days_ago: 290,
                from: -290,
                until: 3650,
                grace_days: 0,
                payload: r#"{"plan":"enterprise","perpetual":true,"maintenanceUntil":"2027-06-30","seats":1000}"#,
                revisions: &[],
            }],
        },
        CustomerSample {
            name: "Tyrell Logistics",
            days_ago: 250,
            members: &[person("Rae Deck", "rae.deck@tyrell.example", Role::ReadWrite)],
            keys: &[KeySample {
                name: "TYRELL_FLEET",
                description: "Fleet Manager, pro tier",
                days_ago: 240,
                from: -240,
                until: 125,
                grace_days: 14,
                payload: r#"{"plan":"pro","seats":35,"modules":["fleet"],"support":"business-hours"}"#,
                revisions: &[],
            }],
        },
        CustomerSample {
            name: "Acme Manufacturing",
            days_ago: 180,
            members: &[person("Will Coyle", "will.coyle@acme-mfg.example", Role::Admin)],
            keys: &[
                KeySample {
                    name: "ACME_FLEET",
                    description: "Fleet Manager, pro tier",
                    days_ago: 175,
                    from: -175,
                    until: 190,
                    grace_days: 14,
                    payload: r#"{"plan":"pro","seats":15,"modules":["fleet"],"support":"business-hours"}"#,
                    revisions: &[],
                },
                KeySample {
                    name: "ACME_PILOT",
                    description: "Pilot in the paint shop",
                    days_ago: 170,
                    from: -170,
                    until: -80,
                    grace_days: 0,
                    payload: r#"{"plan":"trial","seats":3}"#,
                    revisions: &[],
                },
            ],
        },
        CustomerSample {
            name: "Vandelay Imports",
            days_ago: 140,
            members: &[],
            keys: &[KeySample {
                name: "VANDELAY_FLEET",
                description: "Fleet Manager, pro tier",
                days_ago: 130,
                from: -130,
                until: 235,
                grace_days: 14,
                payload: r#"{"plan":"pro","seats":12,"modules":["fleet"],"support":"business-hours"}"#,
                revisions: &[],
            }],
        },
        CustomerSample {
            name: "Cyberdyne Systems",
            days_ago: 45,
            members: &[person("Mo Dyson", "mo.dyson@cyberdyne.example", Role::Admin)],
            keys: &[KeySample {
                name: "CYBERDYNE_NEXT_YEAR",
                description: "Starts with the new plant",
                days_ago: 14,
                from: 38,
                until: 403,
                grace_days: 14,
                payload: r#"{"plan":"enterprise","seats":150,"modules":["fleet","analytics","routing"],"support":"24x7"}"#,
                revisions: &[],
            }],
        },
        CustomerSample {
            name: "Massive Dynamic",
            days_ago: 30,
            members: &[],
            keys: &[KeySample {
                name: "MASSIVE_FLEET",
                description: "Fleet Manager, enterprise tier",
                days_ago: 28,
                from: -28,
                until: 27,
                grace_days: 14,
                payload: r#"{"plan":"enterprise","seats":75,"modules":["fleet","analytics","routing"],"support":"24x7"}"#,
                revisions: &[],
            }],
        },
    ],
};

const HALDEN: OrganizationSample = OrganizationSample {
    name: "Halden Analytics",
    slug: "halden",
    founded_days_ago: 150,
    founder: person("Erik Halden", "erik@halden.example", Role::Admin),
    staff: &[(120, person("Mara Klein", "mara.klein@northwind.example", Role::ReadOnly))],
    keys: &[],
    customers: &[
        CustomerSample {
            name: "Fjord Energy",
            days_ago: 140,
            members: &[person("Sigrid Lund", "sigrid.lund@fjord.example", Role::Admin)],
            keys: &[KeySample {
                name: "FJORD_INSIGHT",
                description: "Insight, 20 dashboards",
                days_ago: 135,
                from: -135,
                until: 230,
                grace_days: 14,
                payload: r#"{"dashboards":20,"retentionDays":400}"#,
                revisions: &[],
            }],
        },
        CustomerSample {
            name: "Initech GmbH",
            days_ago: 100,
            members: &[person("Peter Bolt", "peter.bolt@initech.example", Role::ReadWrite)],
            keys: &[KeySample {
                name: "INITECH_INSIGHT",
                description: "Insight, 5 dashboards",
                days_ago: 95,
                from: -95,
                until: 18,
                grace_days: 0,
                payload: r#"{"dashboards":5,"retentionDays":90}"#,
                revisions: &[],
            }],
        },
        CustomerSample { name: "Nordic Retail", days_ago: 40, members: &[], keys: &[] },
    ],
};
