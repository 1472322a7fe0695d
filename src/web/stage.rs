use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One answer of the stage.
#[derive(Debug, Clone)]
pub struct Scene {
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Scene {
    /// A good answer with an HTML page.
    #[must_use]
    pub fn page(body: impl Into<String>) -> Self {
        Self { status: 200, headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())], body: body.into() }
    }
}

type Scenes = Arc<Mutex<HashMap<String, Scene>>>;

/// A server on loopback that shows what it was told to show last; it stops when dropped.
#[derive(Debug)]
pub struct Stage {
    address: SocketAddr,
    scenes: Scenes,
    server: JoinHandle<()>,
}

impl Stage {
    /// Opens a stage on a free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let scenes = Scenes::default();
        let app = Router::new().fallback(show).with_state(scenes.clone());
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::warn!("the stage closed: {error}");
            }
        });
        Ok(Self { address, scenes, server })
    }

    /// The URL of a path on the stage.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Shows another scene at a path from now on.
    pub fn show(&self, path: &str, scene: Scene) {
        self.scenes.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), scene);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn show(State(scenes): State<Scenes>, request: Request<Body>) -> Response<Body> {
    let scene = scenes.lock().unwrap_or_else(PoisonError::into_inner).get(request.uri().path()).cloned();
    let scene = scene.unwrap_or_else(|| Scene { status: 404, headers: Vec::new(), body: "nothing is shown here".to_owned() });
    let mut response = Response::new(Body::from(scene.body));
    *response.status_mut() = StatusCode::from_u16(scene.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in scene.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
