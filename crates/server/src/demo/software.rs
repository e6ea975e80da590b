//! The applications of the sample vendors, made of what they pushed, and who may deploy which versions of them. Days are
//! counted as in [`data`](super::data).

use grantry_model::application::TargetKind;

/// An application.
pub(super) struct ApplicationSample {
    /// Slug of the vendor.
    pub(super) vendor: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: TargetKind,
    /// The product whose image or chart it deploys.
    product: &'static str,
    pub(super) days_ago: i64,
    /// The versions, the longest ago first.
    pub(super) versions: &'static [VersionSample],
}

/// A version, made of the image or the chart of the same version.
pub(super) struct VersionSample {
    pub(super) name: &'static str,
    pub(super) days_ago: i64,
    /// When it was archived.
    pub(super) archived: Option<i64>,
    /// What is new, as a list in Markdown.
    news: &'static str,
}

/// An application entitlement as it was created.
pub(super) struct GrantSample {
    /// Slug of the vendor.
    pub(super) vendor: &'static str,
    pub(super) customer: &'static str,
    pub(super) name: &'static str,
    pub(super) days_ago: i64,
    /// In so many days from today; negative: it has ended.
    pub(super) until: Option<i64>,
    pub(super) application: &'static str,
    pub(super) scope: Scope,
}

/// What an entitlement grants.
pub(super) enum Scope {
    All,
    Current,
    Chosen(&'static [&'static str]),
    Range(&'static str),
    /// In so many days from today.
    PublishedUntil(i64),
}

const fn version(name: &'static str, days_ago: i64, news: &'static str) -> VersionSample {
    VersionSample { name, days_ago, archived: None, news }
}

const fn grant(
    (vendor, customer, name): (&'static str, &'static str, &'static str),
    (days_ago, until): (i64, Option<i64>),
    (application, scope): (&'static str, Scope),
) -> GrantSample {
    GrantSample { vendor, customer, name, days_ago, until, application, scope }
}

/// All applications.
pub(super) const APPLICATIONS: &[ApplicationSample] = &[
    ApplicationSample {
        vendor: "northwind",
        name: "Fleet Manager",
        kind: TargetKind::Docker,
        product: "fleet-manager",
        days_ago: 300,
        versions: &[
            VersionSample {
                archived: Some(119),
                ..version("1.4.0", 300, "- Maps can be edited while robots drive.\n")
            },
            version("1.4.1", 262, "- Fixes a plan that sent two robots through one door.\n"),
            version(
                "2.0.0",
                120,
                "- **Routing** and **analytics** are modules of the license.\n\
                 - Plans are made in a tenth of the time.\n\
                 - The old REST interface `v1` is gone: move to `v2` first.\n",
            ),
            version(
                "2.0.1",
                64,
                "- Fixes lost battery readings.\n- Shows how long a license is still valid.\n",
            ),
            version(
                "2.1.0-rc.1",
                9,
                "- Plans across several sites.\n\nFor early access only: maps can't go back to 2.0.\n",
            ),
        ],
    },
    ApplicationSample {
        vendor: "northwind",
        name: "Fleet Manager on Kubernetes",
        kind: TargetKind::Kubernetes,
        product: "fleet-manager",
        days_ago: 120,
        versions: &[
            version("2.0.0", 120, "- The first chart.\n"),
            version("2.0.1", 64, "- Fleet Manager 2.0.1.\n- Pods are replaced one by one.\n"),
        ],
    },
    ApplicationSample {
        vendor: "northwind",
        name: "Forecast",
        kind: TargetKind::Docker,
        product: "forecast",
        days_ago: 150,
        versions: &[
            version("1.0.0", 150, "- Foresees load for a week.\n"),
            version(
                "1.1.0",
                33,
                "- Foresees wear of wheels and batteries.\n- Needs Fleet Manager 1.4 or later.\n",
            ),
        ],
    },
    ApplicationSample {
        vendor: "halden",
        name: "Insight",
        kind: TargetKind::Docker,
        product: "insight",
        days_ago: 130,
        versions: &[
            version("3.2.0", 130, "- Dashboards for single meters.\n"),
            version("3.3.0", 48, "- Exports as CSV.\n- Remembers the last filter.\n"),
        ],
    },
];

/// All application entitlements.
pub(super) const GRANTS: &[GrantSample] = &[
    grant(
        ("northwind", "Globex Corporation", "Fleet Manager with a year of updates"),
        (250, None),
        ("Fleet Manager", Scope::PublishedUntil(-30)),
    ),
    grant(
        ("northwind", "Initech GmbH", "Fleet Manager 2"),
        (118, Some(240)),
        ("Fleet Manager", Scope::Range(">=2, <3")),
    ),
    grant(
        ("northwind", "Initech GmbH", "Fleet Manager on Kubernetes"),
        (117, Some(240)),
        ("Fleet Manager on Kubernetes", Scope::All),
    ),
    grant(
        ("northwind", "Soylent Industries", "Fleet Manager as of the contract"),
        (230, Some(21)),
        ("Fleet Manager", Scope::Current),
    ),
    grant(("northwind", "Soylent Industries", "Forecast"), (140, Some(160)), ("Forecast", Scope::All)),
    grant(
        ("northwind", "Wayne Enterprises", "Fleet Manager 1.4.1, perpetual"),
        (240, None),
        ("Fleet Manager", Scope::Chosen(&["1.4.1"])),
    ),
    grant(
        ("northwind", "Tyrell Logistics", "Fleet Manager 2"),
        (110, Some(-12)),
        ("Fleet Manager", Scope::Range(">=2, <3")),
    ),
    grant(
        ("northwind", "Hooli", "Trial of Fleet Manager"),
        (20, Some(10)),
        ("Fleet Manager", Scope::Chosen(&["2.0.1"])),
    ),
    grant(("northwind", "Aperture Labs", "Early access"), (60, Some(120)), ("Fleet Manager", Scope::All)),
    grant(("halden", "Fjord Energy", "Insight 3"), (125, Some(200)), ("Insight", Scope::Range(">=3, <4"))),
];

impl ApplicationSample {
    /// The Compose file of a version, whose image is in the hub's registry. The image runs as it is, and needs no network.
    pub(super) fn compose(&self, version: &str, registry: &str) -> String {
        let (title, product, vendor) = (self.name, self.product, self.vendor);
        format!(
            "# {title} {version}\n\
             services:\n  \
               {product}:\n    \
                 image: {registry}/{vendor}/{product}:{version}\n    \
                 command: [\"serve\"]\n    \
                 environment:\n      \
                   HOST: ${{HOST:-localhost}}\n      \
                   LICENSE_TOKEN: ${{LICENSE_TOKEN:?}}\n      \
                   DATABASE_PASSWORD: ${{DATABASE_PASSWORD:-}}\n    \
                 healthcheck:\n      \
                   test: [\"CMD\", \"/{product}\"]\n      \
                   interval: 10s\n    \
                 network_mode: none\n    \
                 restart: unless-stopped\n"
        )
    }

    /// The address of the chart.
    pub(super) fn chart(&self, registry: &str) -> String {
        format!("oci://{registry}/{}/charts/{}", self.vendor, self.product)
    }

    /// What the form of a new deployment begins with.
    pub(super) fn template(&self) -> &'static str {
        match self.kind {
            TargetKind::Docker => {
                "# The name under which people reach it.\n\
                 HOST=fleet.example.com\n\
                 # Your license key, by its name.\n\
                 LICENSE_TOKEN={{ .LicenseKeys.YOUR_KEY }}\n\
                 DATABASE_PASSWORD={{ .Secrets.DATABASE_PASSWORD }}\n"
            }
            TargetKind::Kubernetes => {
                "# The name under which people reach it.\n\
                 host: fleet.example.com\n\
                 # Your license key, by its name.\n\
                 licenseToken: {{ .LicenseKeys.YOUR_KEY }}\n"
            }
        }
    }

    /// The template of the address of what is deployed.
    pub(super) fn link(&self) -> &'static str {
        match self.kind {
            TargetKind::Docker => "https://{{ .Env.HOST }}/",
            TargetKind::Kubernetes => "https://{{ .Values.host }}/",
        }
    }

    /// What to deploy it with: an env file, or values.
    pub(super) fn texts(&self, host: &str, key: &str) -> String {
        match self.kind {
            TargetKind::Docker => format!(
                "HOST={host}\n\
                 LICENSE_TOKEN={{{{ .LicenseKeys.{key} }}}}\n\
                 DATABASE_PASSWORD={{{{ .Secrets.DATABASE_PASSWORD }}}}\n"
            ),
            TargetKind::Kubernetes => {
                format!("replicas: 2\nhost: {host}\nlicenseToken: {{{{ .LicenseKeys.{key} }}}}\n")
            }
        }
    }

    /// What runs of it, as its engine names it.
    pub(super) fn workload(&self) -> String {
        match self.kind {
            TargetKind::Docker => format!("{}-1", self.product),
            TargetKind::Kubernetes => format!("deployment/{}", self.product),
        }
    }
}

impl ApplicationSample {
    /// What it prints at work, another line for another number.
    pub(super) fn prints(&self, number: i64) -> String {
        let (some, many) = (4 + number * 7 % 23, 80 + number * 37 % 190);
        match self.product {
            "fleet-manager" => {
                format!("INFO planned {many} orders for {some} robots in {} ms", 20 + some * 3)
            }
            "forecast" => format!("INFO foresaw the load of {some} stations for 7 days in {many} ms"),
            _ => format!("INFO read {many} meters in {} ms", 10 + some),
        }
    }
}

impl VersionSample {
    /// The release notes, for customers.
    pub(super) fn notes(&self, application: &ApplicationSample) -> String {
        format!("# {} {}\n\n{}", application.name, self.name, self.news)
    }

    /// What the vendor's own people should know.
    pub(super) fn runbook(&self, application: &ApplicationSample) -> String {
        format!(
            "# Support of {} {}\n\n\
             1. Ask for the log of `{}` of the last hour.\n\
             2. A license that has expired stands in it as an error; look at the customer's keys first.\n\
             3. Everything else goes to the team, with the log.\n",
            application.name,
            self.name,
            application.workload(),
        )
    }
}
