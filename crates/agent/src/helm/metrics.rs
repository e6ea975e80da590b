//! How busy the cluster is: what its nodes have and what of it is in use.

use grantry_wire::agent::AgentMetrics;
use serde_json::Value;

use super::api::{Api, ApiError, items};

const NODES: &str = "/api/v1/nodes";
const USAGE: &str = "/apis/metrics.k8s.io/v1beta1/nodes";

/// Measures all nodes together. `None` if the cluster does not tell: it has no metrics server, or the agent's account is for one
/// namespace only, and nodes are in none.
///
/// # Errors
/// The cluster can't be asked.
pub(crate) async fn measure(api: &Api) -> Result<Option<AgentMetrics>, ApiError> {
    let (nodes, usage) = tokio::join!(api.read(NODES), api.read(USAGE));
    let (nodes, usage) = match (nodes, usage) {
        (Err(error), _) | (_, Err(error)) if error.is_forbidden() || error.is_absent() => return Ok(None),
        // The API server answers for a metrics server that is away.
        (_, Err(ApiError::Refused { status, .. })) if status.is_server_error() => return Ok(None),
        (nodes, usage) => (nodes?, usage?),
    };
    Ok(sum(&items(nodes), &items(usage)))
}

fn sum(nodes: &[Value], usage: &[Value]) -> Option<AgentMetrics> {
    let total = |objects: &[Value], pointer: &str| -> f64 {
        objects.iter().filter_map(|object| quantity(object.pointer(pointer)?.as_str()?)).sum()
    };
    let (cores, memory) = (total(nodes, "/status/capacity/cpu"), total(nodes, "/status/capacity/memory"));
    if cores <= 0.0 || memory <= 0.0 || usage.is_empty() {
        return None;
    }
    Some(AgentMetrics {
        cpu_cores_millis: whole(cores * 1_000.0),
        cpu_usage: (total(usage, "/usage/cpu") / cores).clamp(0.0, 1.0),
        memory_bytes: whole(memory),
        memory_usage: (total(usage, "/usage/memory") / memory).clamp(0.0, 1.0),
        disk_metrics: None,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "casts of floating point numbers saturate")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// Reads a quantity as Kubernetes writes it: `4`, `3920m`, `16Gi`, `1e3`.
fn quantity(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(plain) = text.parse::<f64>() {
        return Some(plain).filter(|number| number.is_finite());
    }
    let split = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "Pi" => 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "Ei" => 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities_are_read() {
        for (text, expected) in [
            ("4", 4.0),
            ("3920m", 3.92),
            ("2Ki", 2048.0),
            ("1e3", 1000.0),
            ("1.5Gi", 1_610_612_736.0),
            ("7k", 7000.0),
        ] {
            assert_eq!(quantity(text), Some(expected), "{text}");
        }
        assert!((quantity("250000000n").unwrap() - 0.25).abs() < 1e-9);
        for text in ["", "x", "Ki", "1KiB", "inf", "NaN", "1 2"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn nodes_are_added_up() {
        let node = json!({"status": {"capacity": {"cpu": "2", "memory": "4Gi"}}});
        let usage = [
            json!({"usage": {"cpu": "500m", "memory": "1Gi"}}),
            json!({"usage": {"cpu": "1", "memory": "3Gi"}}),
        ];
        let metrics = sum(&[node.clone(), node], &usage).unwrap();
        assert_eq!((metrics.cpu_cores_millis, metrics.memory_bytes), (4_000, 8 << 30));
        assert!((metrics.cpu_usage - 0.375).abs() < 1e-9 && (metrics.memory_usage - 0.5).abs() < 1e-9);
        assert!(metrics.disk_metrics.is_none());
        assert_eq!(sum(&[], &usage), None);
        assert_eq!(sum(&[json!({"status": {"capacity": {"cpu": "1", "memory": "1Gi"}}})], &[]), None);
    }
}
