//! The whole way of a reader in a real browser: Debian's Chromium, driven by its own driver, with the mail read in between.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use std::process::{Child, Command, Stdio};
use support::house::eventually;
use support::reader::World;

const ANA: &str = "ana@example.org";

/// The browser's driver, on a port of its own.
struct Driver {
    process: Child,
    url: String,
}

impl Driver {
    /// `None` where there is no driver on this machine: `scripts/test` installs it, or says that this was left out.
    fn start() -> Option<Self> {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port();
        let process =
            Command::new("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        eventually("the driver listens", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        Some(Self { process, url: format!("http://127.0.0.1:{port}") })
    }

    async fn browser(&self, width: u32) -> Client {
        // Chromium's own sandbox needs privileges that containers don't have.
        let arguments =
            json!(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", format!("--window-size={width},900")]);
        let options = json!({ "args": arguments });
        let capabilities = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        ClientBuilder::rustls().expect("a client").capabilities(capabilities).connect(&self.url).await.expect("a browser")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until the page with this heading is there: a press may take a moment to lead on.
async fn arrives(browser: &Client, heading: &str) {
    let mut seen = String::new();
    for _ in 0..200 {
        if let Ok(found) = browser.find(Locator::Css("h1")).await
            && let Ok(text) = found.text().await
        {
            if text.starts_with(heading) {
                return;
            }
            seen = text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("waited in vain for {heading:?}; the page is {seen:?}");
}

async fn press(browser: &Client, css: &str) {
    browser.find(Locator::Css(css)).await.expect(css).click().await.expect("a press");
}

async fn fits(browser: &Client, page: &str) {
    let script = "return document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(browser.execute(script, Vec::new()).await.expect("a script"), json!(true), "{page} is wider than the window");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_subscribes_confirms_sees_the_change_and_leaves() {
    fineprint::fetch::install_crypto();
    let Some(driver) = Driver::start() else {
        eprintln!("left out: chromedriver is not installed (Debian package chromium-driver)");
        return;
    };
    let world = World::begin().await;
    let _daemon = world.house.start();
    world.is_watched();
    for width in [1280, 520] {
        let browser = driver.browser(width).await;
        let before = world.post.mailbox(ANA).len();

        browser.goto(&world.site).await.expect("the front page");
        fits(&browser, "the front page").await;
        press(&browser, "nav a[href='/subscribe']").await;
        arrives(&browser, "Hear of it by mail").await;
        browser.find(Locator::Css("#address")).await.expect("a field").send_keys(ANA).await.expect("an address");
        press(&browser, "input[name=tag][value=music]").await;
        fits(&browser, "the form").await;
        press(&browser, "button[type=submit]").await;
        arrives(&browser, "Look into your mailbox").await;

        browser.goto(&world.mail(ANA, before + 1).link("confirm")).await.expect("the link");
        arrives(&browser, "Confirm your subscription").await;
        press(&browser, "button[type=submit]").await;
        arrives(&browser, "You will hear of it").await;
        world.mail(ANA, before + 2);

        if width == 1280 {
            world.starts_to_train();
        } else {
            world.changes_to(support::pages::PROMISES);
        }
        let alert = world.mail(ANA, before + 3);
        browser.goto(&alert.link("changes")).await.expect("the archive");
        arrives(&browser, "Tidewave · Terms of Use").await;
        fits(&browser, "the change").await;
        assert!(!browser.find_all(Locator::Css("ins")).await.expect("marks").is_empty());
        press(&browser, "a[href$='view=side#redline']").await;
        assert!(browser.find(Locator::Css("table.sides")).await.is_ok());

        browser.goto(&alert.link("unsubscribe")).await.expect("the link");
        arrives(&browser, "Unsubscribe?").await;
        press(&browser, "button[type=submit]").await;
        arrives(&browser, "You are unsubscribed").await;
        browser.close().await.expect("the end");
    }
}
