//! The products of the sample vendors and their versions.

/// A product that comes as a container image.
pub(super) struct Product {
    /// Slug of the vendor.
    pub(super) vendor: &'static str,
    /// Name of the artifact, of the program in the image and of the chart.
    pub(super) name: &'static str,
    /// Name as people say it.
    pub(super) title: &'static str,
    /// What it is for, in a few words.
    pub(super) description: &'static str,
    /// The versions, the longest ago first.
    pub(super) releases: &'static [Release],
}

/// A version of a product.
pub(super) struct Release {
    /// The version, which is the tag too.
    pub(super) version: &'static str,
    /// When it was pushed, counted from the day the sample is made.
    pub(super) days_ago: i64,
    /// Whether a bill of materials is attached to the image.
    pub(super) has_sbom: bool,
    /// Whether a chart of the same version was pushed with it.
    pub(super) has_chart: bool,
}

const fn release(version: &'static str, days_ago: i64) -> Release {
    Release { version, days_ago, has_sbom: false, has_chart: false }
}

impl Release {
    const fn with_sbom(self) -> Self {
        Self { has_sbom: true, ..self }
    }

    const fn with_chart(self) -> Self {
        Self { has_chart: true, ..self }
    }
}

/// All products.
pub(super) const PRODUCTS: &[Product] = &[
    Product {
        vendor: "northwind",
        name: "fleet-manager",
        title: "Fleet Manager",
        description: "Plans and watches the work of mobile robots",
        releases: &[
            release("1.4.0", 300),
            release("1.4.1", 262),
            release("2.0.0", 120).with_sbom().with_chart(),
            release("2.0.1", 64).with_sbom().with_chart(),
            release("2.1.0-rc.1", 9).with_sbom(),
        ],
    },
    Product {
        vendor: "northwind",
        name: "forecast",
        title: "Forecast",
        description: "Add-on of Fleet Manager that foresees load and wear",
        releases: &[release("0.9.0", 210), release("1.0.0", 150), release("1.1.0", 33).with_sbom()],
    },
    Product {
        vendor: "halden",
        name: "insight",
        title: "Insight",
        description: "Dashboards for meters and plants",
        releases: &[release("3.2.0", 130), release("3.3.0", 48).with_sbom()],
    },
];
