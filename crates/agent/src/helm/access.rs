//! How the cluster is reached: as a pod of it, or as whoever has a kubeconfig for it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use serde_json::json;
use tokio::process::{Child, Command};

use super::api::Api;
use super::cli;
use crate::state;

/// Where a pod finds what its service account may use.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// How long `kubectl proxy` may take until it listens.
const PATIENCE: Duration = Duration::from_secs(20);

/// Options for the cluster and the programs that reach it. All of them have a sensible value in a pod.
#[derive(Debug, Clone, Args)]
pub(crate) struct Kubernetes {
    /// The helm program, version 3 or 4.
    #[arg(long, env = "GRANTRY_HELM", value_name = "PROGRAM", default_value = "helm")]
    pub(crate) helm: PathBuf,
    /// The kubectl program, which reaches the cluster where the agent is not one of its pods.
    #[arg(long, env = "GRANTRY_KUBECTL", value_name = "PROGRAM", default_value = "kubectl")]
    kubectl: PathBuf,
    /// Folder with the service account's token, ca.crt and namespace.
    #[arg(long, env = "GRANTRY_SERVICE_ACCOUNT_DIR", value_name = "FOLDER", default_value = SERVICE_ACCOUNT)]
    service_account: PathBuf,
    /// The API's host; Kubernetes sets this variable in a pod. Without it, the cluster is that of the kubeconfig.
    #[arg(long = "kubernetes-host", env = "KUBERNETES_SERVICE_HOST", value_name = "HOST")]
    host: Option<String>,
    /// The API's port; Kubernetes sets this variable in a pod.
    #[arg(
        long = "kubernetes-port",
        env = "KUBERNETES_SERVICE_PORT",
        value_name = "PORT",
        default_value = "443"
    )]
    port: u16,
}

/// A cluster that can be reached.
pub(crate) struct Access {
    pub(crate) api: Api,
    /// Tells Helm the way; without one, Helm finds it as the agent did.
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The namespace that the agent itself is in.
    pub(crate) namespace: Option<String>,
    /// Ends with the agent.
    _proxy: Option<Child>,
}

impl Access {
    /// Finds the cluster. Files that the way needs go into `folder`.
    ///
    /// # Errors
    /// There is none, or it can't be reached from here.
    pub(crate) async fn open(options: &Kubernetes, folder: &Path) -> anyhow::Result<Self> {
        match &options.host {
            Some(host) => Self::of_pod(options, host, folder),
            None => Self::of_kubeconfig(&options.kubectl, folder).await,
        }
    }

    fn of_pod(options: &Kubernetes, host: &str, folder: &Path) -> anyhow::Result<Self> {
        let account = &options.service_account;
        let base = if host.contains(':') {
            format!("https://[{host}]:{}", options.port)
        } else {
            format!("https://{host}:{}", options.port)
        };
        let api = Api::of_service_account(&base, account)?;
        // Helm would find all this itself, but only in its usual place. The token is named, not copied: it changes every hour.
        let kubeconfig = folder.join("kubeconfig");
        let content = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "pod",
            "clusters": [{"name": "pod", "cluster": {"server": base, "certificate-authority": account.join("ca.crt")}}],
            "users": [{"name": "pod", "user": {"tokenFile": account.join("token")}}],
            "contexts": [{"name": "pod", "context": {"cluster": "pod", "user": "pod"}}],
        });
        state::write(&kubeconfig, content.to_string().as_bytes())?;
        let namespace = std::fs::read_to_string(account.join("namespace")).ok();
        let namespace = namespace.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        Ok(Self { api, kubeconfig: Some(kubeconfig), namespace, _proxy: None })
    }

    /// A kubeconfig may ask for client certificates, programs that print tokens and more, all of which `kubectl` knows. It listens on
    /// a socket in a folder of the agent alone: on a port, every user of the machine would be an administrator of the cluster.
    async fn of_kubeconfig(kubectl: &Path, folder: &Path) -> anyhow::Result<Self> {
        let socket = folder.join("kubectl.sock");
        if let Err(error) = std::fs::remove_file(&socket) {
            ensure!(
                error.kind() == std::io::ErrorKind::NotFound,
                "can't remove {}: {error}",
                socket.display()
            );
        }
        let mut flag = std::ffi::OsString::from("--unix-socket=");
        flag.push(&socket);
        let mut proxy = Command::new(kubectl)
            .args(["proxy", "--reject-methods=^$"])
            .arg(flag)
            .env_clear()
            .envs(cli::surroundings())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("can't start {} to reach the cluster", kubectl.display()))?;
        let api = Api::behind_socket(&socket)?;
        let until = tokio::time::Instant::now() + PATIENCE;
        while !socket.exists() {
            ensure!(proxy.try_wait()?.is_none(), "kubectl can't reach the cluster: is KUBECONFIG set?");
            ensure!(tokio::time::Instant::now() < until, "kubectl proxy does not begin to listen");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { api, kubeconfig: None, namespace: None, _proxy: Some(proxy) })
    }
}
