//! Where the sample vendors and their customers deploy what, and the secrets that they deploy it with. Days are counted as
//! in [`data`](super::data).

/// A secret. Its value is made up at random.
pub(super) struct SecretSample {
    /// Slug of the vendor.
    pub(super) vendor: &'static str,
    /// Whose deployments read it; `None`: those at the vendor's own sites.
    pub(super) customer: Option<&'static str>,
    pub(super) key: &'static str,
    pub(super) days_ago: i64,
    /// When its value was changed.
    pub(super) changed: Option<i64>,
}

/// A deployment target.
pub(super) struct SiteSample {
    /// Slug of the vendor.
    pub(super) vendor: &'static str,
    /// Whose it is; `None`: the vendor's own.
    pub(super) customer: Option<&'static str>,
    /// Unique in the sample.
    pub(super) name: &'static str,
    pub(super) days_ago: i64,
    /// The namespace, if it is in a Kubernetes cluster.
    pub(super) namespace: Option<&'static str>,
    pub(super) agent: AgentSample,
    /// What the vendor noted about it, and when.
    pub(super) note: Option<(i64, &'static str)>,
    pub(super) deployments: &'static [DeploymentSample],
}

/// What became of the agent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AgentSample {
    /// It never connected.
    Missing,
    /// It connected, and was last heard of so many days ago.
    Lost(i64),
    /// It is there, on so many processors and gigabytes of memory.
    Present { cores: u32, memory: u32 },
}

/// A deployment.
pub(super) struct DeploymentSample {
    pub(super) application: &'static str,
    /// The license key that it reads.
    pub(super) key: &'static str,
    /// The name under which people reach it.
    pub(super) host: &'static str,
    /// The revisions that somebody made, the longest ago first.
    pub(super) revisions: &'static [RevisionSample],
    /// What went wrong.
    pub(super) trouble: Option<Trouble>,
}

/// A revision that somebody made.
pub(super) struct RevisionSample {
    pub(super) days_ago: i64,
    pub(super) how: How,
}

/// How a revision came about.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// This version was deployed.
    Deployed(&'static str),
    /// The revision of this number was taken back.
    RolledBack(u32),
}

/// Something that an agent complains of until the next revision, or until today.
#[derive(Clone, Copy)]
pub(super) struct Trouble {
    /// The day on which it began, some hours after what happened on that day.
    pub(super) days_ago: i64,
    /// What the agent says.
    pub(super) message: &'static str,
    /// What the container prints, again and again.
    pub(super) printed: &'static str,
}

const fn secret(
    (vendor, customer): (&'static str, Option<&'static str>),
    (key, days_ago): (&'static str, i64),
    changed: Option<i64>,
) -> SecretSample {
    SecretSample { vendor, customer, key, days_ago, changed }
}

const fn deployed(days_ago: i64, version: &'static str) -> RevisionSample {
    RevisionSample { days_ago, how: How::Deployed(version) }
}

const fn deployment(
    application: &'static str,
    (key, host): (&'static str, &'static str),
    revisions: &'static [RevisionSample],
) -> DeploymentSample {
    DeploymentSample { application, key, host, revisions, trouble: None }
}

const fn site(
    (vendor, customer): (&'static str, Option<&'static str>),
    (name, days_ago): (&'static str, i64),
    agent: AgentSample,
    deployments: &'static [DeploymentSample],
) -> SiteSample {
    SiteSample { vendor, customer, name, days_ago, namespace: None, agent, note: None, deployments }
}

/// All secrets.
pub(super) const SECRETS: &[SecretSample] = &[
    secret(("northwind", None), ("DATABASE_PASSWORD", 200), None),
    secret(("northwind", None), ("SMTP_PASSWORD", 200), Some(90)),
    secret(("northwind", Some("Initech GmbH")), ("DATABASE_PASSWORD", 117), None),
    secret(("northwind", Some("Initech GmbH")), ("SMTP_PASSWORD", 80), None),
    secret(("northwind", Some("Globex Corporation")), ("DATABASE_PASSWORD", 119), Some(40)),
    secret(("northwind", Some("Soylent Industries")), ("DATABASE_PASSWORD", 228), None),
    secret(("northwind", Some("Wayne Enterprises")), ("DATABASE_PASSWORD", 239), None),
    secret(("northwind", Some("Tyrell Logistics")), ("DATABASE_PASSWORD", 109), None),
    secret(("northwind", Some("Aperture Labs")), ("DATABASE_PASSWORD", 59), None),
    secret(("northwind", Some("Hooli")), ("DATABASE_PASSWORD", 9), None),
    secret(("halden", Some("Fjord Energy")), ("DATABASE_PASSWORD", 121), None),
];

/// All deployment targets.
pub(super) const SITES: &[SiteSample] = &[
    site(
        ("northwind", None),
        ("Showroom", 65),
        AgentSample::Present { cores: 4, memory: 16 },
        &[
            deployment(
                "Fleet Manager",
                ("COMMUNITY_CONNECTORS", "fleet.northwind.example"),
                &[deployed(63, "2.0.1"), deployed(8, "2.1.0-rc.1")],
            ),
            deployment(
                "Forecast",
                ("COMMUNITY_CONNECTORS", "forecast.northwind.example"),
                &[deployed(62, "1.0.0"), deployed(32, "1.1.0")],
            ),
        ],
    ),
    SiteSample {
        namespace: Some("fleet-test"),
        ..site(
            ("northwind", None),
            ("Integration cluster", 119),
            AgentSample::Present { cores: 24, memory: 96 },
            &[deployment(
                "Fleet Manager on Kubernetes",
                ("COMMUNITY_CONNECTORS", "fleet-test.northwind.example"),
                &[deployed(118, "2.0.0"), deployed(63, "2.0.1")],
            )],
        )
    },
    site(
        ("northwind", Some("Initech GmbH")),
        ("Plant Berlin", 116),
        AgentSample::Present { cores: 8, memory: 32 },
        &[deployment(
            "Fleet Manager",
            ("INITECH_FLEET", "fleet.berlin.initech.example"),
            &[deployed(115, "2.0.0"), deployed(62, "2.0.1")],
        )],
    ),
    SiteSample {
        namespace: Some("fleet"),
        ..site(
            ("northwind", Some("Initech GmbH")),
            ("Plant Lyon", 115),
            AgentSample::Present { cores: 12, memory: 48 },
            &[deployment(
                "Fleet Manager on Kubernetes",
                ("INITECH_FLEET", "fleet.lyon.initech.example"),
                &[deployed(114, "2.0.0")],
            )],
        )
    },
    SiteSample {
        note: Some((4, "Hank signs the renewal next week. Leave it as it is until then.")),
        ..site(
            ("northwind", Some("Globex Corporation")),
            ("Warehouse 3", 118),
            AgentSample::Present { cores: 4, memory: 8 },
            &[DeploymentSample {
                trouble: Some(Trouble {
                    days_ago: 5,
                    message: "fleet-manager-1 keeps ending with exit code 1 and is restarted",
                    printed: "ERROR license GLOBEX_FLEET has expired; renew it and deploy again",
                }),
                ..deployment(
                    "Fleet Manager",
                    ("GLOBEX_FLEET", "robots.globex.example"),
                    &[deployed(117, "2.0.0"), deployed(60, "2.0.1")],
                )
            }],
        )
    },
    site(
        ("northwind", Some("Soylent Industries")),
        ("Rotterdam", 226),
        AgentSample::Present { cores: 16, memory: 64 },
        &[
            deployment(
                "Fleet Manager",
                ("SOYLENT_FLEET_EU", "fleet.rotterdam.soylent.example"),
                &[deployed(225, "1.4.1")],
            ),
            deployment(
                "Forecast",
                ("SOYLENT_FLEET_EU", "forecast.rotterdam.soylent.example"),
                &[deployed(139, "1.0.0")],
            ),
        ],
    ),
    SiteSample {
        note: Some((2, "The site is being rebuilt. Rosa says that the machine is back in December.")),
        ..site(
            ("northwind", Some("Soylent Industries")),
            ("Chicago", 220),
            AgentSample::Lost(3),
            &[deployment(
                "Fleet Manager",
                ("SOYLENT_FLEET_US", "fleet.chicago.soylent.example"),
                &[deployed(219, "1.4.1")],
            )],
        )
    },
    site(
        ("northwind", Some("Wayne Enterprises")),
        ("Works 1", 238),
        AgentSample::Present { cores: 8, memory: 16 },
        &[deployment("Fleet Manager", ("WAYNE_PERPETUAL", "fleet.wayne.example"), &[deployed(237, "1.4.1")])],
    ),
    site(
        ("northwind", Some("Tyrell Logistics")),
        ("Depot 12", 108),
        AgentSample::Present { cores: 2, memory: 8 },
        &[deployment("Fleet Manager", ("TYRELL_FLEET", "fleet.tyrell.example"), &[deployed(107, "2.0.0")])],
    ),
    site(
        ("northwind", Some("Aperture Labs")),
        ("Test bench", 58),
        AgentSample::Present { cores: 8, memory: 32 },
        &[DeploymentSample {
            trouble: Some(Trouble {
                days_ago: 8,
                message: "fleet-manager-1 is unhealthy: its health check fails",
                printed: "ERROR map “lab-4” has no second floor",
            }),
            ..deployment(
                "Fleet Manager",
                ("APERTURE_FLEET", "fleet.aperture.example"),
                &[
                    deployed(57, "2.0.1"),
                    deployed(8, "2.1.0-rc.1"),
                    RevisionSample { days_ago: 7, how: How::RolledBack(2) },
                ],
            )
        }],
    ),
    site(
        ("northwind", Some("Hooli")),
        ("Trial machine", 8),
        AgentSample::Missing,
        &[deployment("Fleet Manager", ("HOOLI_TRIAL", "fleet.hooli.example"), &[deployed(8, "2.0.1")])],
    ),
    site(
        ("halden", Some("Fjord Energy")),
        ("Turbine hall", 120),
        AgentSample::Present { cores: 4, memory: 16 },
        &[deployment(
            "Insight",
            ("FJORD_INSIGHT", "insight.fjord.example"),
            &[deployed(119, "3.2.0"), deployed(46, "3.3.0")],
        )],
    ),
];
