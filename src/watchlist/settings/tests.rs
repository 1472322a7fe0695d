use super::*;
use crate::model::{Keep, Secret};
use crate::watchlist::SETTINGS_EXAMPLE;

fn read(text: &str) -> Result<Settings, Vec<String>> {
    parse_settings(text, "fineprint.toml", |_| None).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn check(text: &str, expect: &[&str]) {
    assert_eq!(read(text).expect_err(text), expect, "{text}");
}

/// The example with every setting switched on; sentences stay comments.
fn uncommented(example: &str) -> String {
    let is_setting = |line: &str| {
        line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let lines = example.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn an_empty_file_means_the_defaults() {
    assert_eq!(read(""), Ok(Settings::default()));
    assert_eq!(read("[fetch]\n[mail]\n[web]\n"), Ok(Settings::default()));
}

#[test]
fn the_example_changes_nothing_until_it_is_uncommented() {
    assert_eq!(read(SETTINGS_EXAMPLE), Ok(Settings::default()));
}

#[test]
fn the_example_shows_every_setting_at_its_default() {
    let mut expect = Settings::default();
    // These have no default to show, and stand in the example as examples.
    expect.fetch.user_agent = "example-watch/1.0 (+https://crates.io/crates/fineprint)".to_owned();
    expect.mail.server = Some("smtp.example.org".to_owned());
    expect.mail.port = Some(587);
    expect.mail.username = Some("alerts@example.org".to_owned());
    expect.mail.reply_to = Some("help@example.org".to_owned());
    expect.mail.folder = Some(PathBuf::from("/var/lib/fineprint/mail"));
    expect.fetch.browser = Some("/usr/bin/chromium".to_owned());
    expect.fetch.proxy = Some("http://proxy.example:3128".to_owned());
    expect.mail.per_minute = Some(60);
    expect.mail.dkim = Some(Dkim { selector: "fineprint".to_owned(), domain: "example.org".to_owned(), key: None });
    expect.web_url = Some("https://fineprint.example.org".to_owned());
    expect.web.chosen = true;
    expect.keep = Keep { days: Some(365), snapshots: Some(200) };
    expect.health.chosen = true;
    expect.operator = Some("admin@example.org".to_owned());
    assert_eq!(read(&uncommented(SETTINGS_EXAMPLE)), Ok(expect));
}

#[test]
fn the_default_contact_of_the_example_is_the_one_in_use() {
    let contact = SETTINGS_EXAMPLE.lines().find_map(|line| line.strip_prefix("# contact = ")).unwrap();
    assert_eq!(read(&format!("[fetch]\ncontact = {contact}")), Ok(Settings::default()));
}

#[test]
fn the_example_names_every_setting_that_is_known() {
    let shown = uncommented(SETTINGS_EXAMPLE);
    let all = [FETCH_KEYS, MAIL_KEYS, DKIM_KEYS, WEB_KEYS, STORE_KEYS, OPERATOR_KEYS].concat();
    for key in all.into_iter().filter(|key| !["password", "dkim"].contains(key)) {
        assert!(shown.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key}");
    }
}

#[test]
fn settings_are_read() {
    let settings = read(
        r#"
        [fetch]
        contact = "watch@example.org"
        max_body = "1 MB"
        host_spacing = "0s"
        retries = 0
        allow_private = true
        [mail]
        server = "SMTP.example.org"
        security = "tls"
        from = "alerts@example.org"
        [web]
        url = "https://example.org/archive/"
        "#,
    )
    .unwrap();
    assert_eq!(settings.fetch.user_agent, FetchSettings::agent_for("watch@example.org"));
    assert_eq!((settings.fetch.max_body, settings.fetch.retries, settings.fetch.allow_private), (1_000_000, 0, true));
    assert_eq!(settings.fetch.host_spacing, Duration::ZERO);
    assert_eq!(settings.mail.server.as_deref(), Some("smtp.example.org"));
    assert_eq!((settings.mail.security, settings.mail.from.as_str()), (Security::Tls, "alerts@example.org"));
    assert_eq!(settings.web_url.as_deref(), Some("https://example.org/archive"));
}

#[test]
fn the_password_comes_from_outside_the_file() {
    let password = |secret: Option<&str>| {
        let env = |name: &str| secret.filter(|_| name == PASSWORD_VARIABLE).map(str::to_owned);
        parse_settings("", "fineprint.toml", env).unwrap().mail.password
    };
    assert_eq!(password(Some("s3cret \n")).as_ref().map(Secret::reveal), Some("s3cret "));
    assert_eq!(password(Some("\r\n")), None);
    assert_eq!(password(None), None);
}

#[test]
fn a_password_in_the_file_is_refused_and_never_repeated() {
    let text = "[mail]\nserver = \"smtp.example.org\"\nfrom = \"a@example.org\"\npassword = \"hunter2\"\n";
    check(
        text,
        &[
            "fineprint.toml:4:1: a password must not stand in this file; take it out and use the systemd credential smtp_password or FINEPRINT_SMTP_PASSWORD",
        ],
    );
    for text in [text.to_owned(), text.replace("password =", "pasword ="), text.replace("\"hunter2\"", "\"hunter2")] {
        let problems = parse_settings(&text, "fineprint.toml", |_| None).unwrap_err();
        assert!(!format!("{problems:?}").contains("hunter2"), "{problems:?}");
    }
}

#[test]
fn broken_settings_say_where_and_what_to_do() {
    check("[fech]\n", &["fineprint.toml:1:2: unknown field `fech`; did you mean `fetch`?"]);
    check("[mail]\nfolders = \"a\"\n", &["fineprint.toml:2:1: unknown field `folders`; did you mean `folder`?"]);
    check("[web]\nbanana = 1\n", &["fineprint.toml:2:1: unknown field `banana`; known here: url, listen, behind_proxy"]);
    check("mail = \"x\"\n", &["fineprint.toml:1:8: `mail` must be a table, not a text; write [mail] on a line of its own"]);
    check(
        "[fetch]\nretries = \"2\"\n",
        &["fineprint.toml:2:11: `retries` must be a whole number, not a text; write the number without quotes"],
    );
    check("[fetch]\nconcurrency = 0\n", &["fineprint.toml:2:15: `concurrency` is out of bounds; choose a number from 1 to 256"]);
    check("[fetch]\nretries = -1\n", &["fineprint.toml:2:11: `retries` is out of bounds; choose a number from 0 to 10"]);
    check(
        "[fetch]\nread_timeout = 15\n",
        &["fineprint.toml:2:16: `read_timeout` must be a text, not a number; put one text in double quotes"],
    );
    check(
        "[fetch]\nread_timeout = \"0s\"\n",
        &["fineprint.toml:2:16: \"0s\" leaves no time at all; write a length of time such as \"15s\""],
    );
    check(
        "[fetch]\nmax_body = \"8 megs\"\n",
        &["fineprint.toml:2:12: \"8 megs\" is no size; write a number and a unit, such as \"512 KiB\" or \"8 MiB\""],
    );
    check(
        "[fetch]\nmax_body = \"1 KiB\"\n",
        &["fineprint.toml:2:12: \"1 KiB\" is too small for a page of terms; allow at least \"64 KiB\""],
    );
    check(
        "[fetch]\nuser_agent = \"a\\r\\nb\"\n",
        &["fineprint.toml:2:14: \"a\\r\\nb\" can't be sent as a header; write one line of plain ASCII characters"],
    );
    check(
        "[fetch]\ncontact = \"me\"\n",
        &["fineprint.toml:2:11: \"me\" is neither a web nor a mail address; write where a site's operator can complain"],
    );
    check(
        "[fetch]\nallow_private = 1\n",
        &["fineprint.toml:2:17: `allow_private` must be true or false, not a number; write true or false without quotes"],
    );
    check(
        "[mail]\nsecurity = \"ssl\"\n",
        &["fineprint.toml:2:12: \"ssl\" is no kind of security; choose \"starttls\", \"tls\" or \"none\""],
    );
    check("[mail]\nport = 70000\n", &["fineprint.toml:2:8: `port` is out of bounds; choose a number from 1 to 65535"]);
    check(
        "[mail]\nfrom = \"nobody\"\n",
        &["fineprint.toml:2:8: \"nobody\" is no mail address; write one such as \"fineprint <alerts@example.org>\""],
    );
    check(
        "[web]\nurl = \"https://example.org/?a\"\n",
        &[
            "fineprint.toml:2:7: \"https://example.org/?a\" has a query or fragment; write the address that all pages of the archive begin with",
        ],
    );
}

#[test]
fn mail_settings_must_fit_together() {
    check(
        "[mail]\nserver = \"smtp.example.org\"\n",
        &["fineprint.toml:2:1: `server` is given without `from`; add a line such as from = \"fineprint <alerts@example.org>\""],
    );
    check(
        "[mail]\nserver = \"https://smtp.example.org\"\nfrom = \"a@b\"\n",
        &[
            "fineprint.toml:2:10: \"https://smtp.example.org\" is no host name; write the name alone, such as \"smtp.example.org\"; the port has a line of its own",
        ],
    );
    check(
        "[mail]\nserver = \"localhost\"\nfrom = \"a@b\"\nsecurity = \"none\"\nusername = \"me\"\n",
        &["fineprint.toml:4:1: the password would travel unprotected; choose \"starttls\" or \"tls\", or take `username` out"],
    );
}

#[test]
fn all_problems_are_reported_in_the_order_of_the_file() {
    check(
        "[web]\nurl = \"ftp://example.org\"\n[fetch]\nretrys = 1\nread_timeout = \"soon\"\n",
        &[
            "fineprint.toml:2:7: \"ftp://example.org\" is neither http nor https; write an address that begins with https://",
            "fineprint.toml:4:1: unknown field `retrys`; did you mean `retries`?",
            "fineprint.toml:5:16: \"soon\" is no length of time; write a number and a unit, such as \"15m\", \"6h\" or \"1d\"",
        ],
    );
}

#[test]
fn the_port_for_supervisors_can_be_moved_and_shut() {
    let health = |text: &str| read(text).map(|settings| settings.health);
    assert_eq!(health("[health]\nlisten = \"off\"\n"), Ok(HealthSettings { listen: None, chosen: true }));
    let moved = Some(std::net::SocketAddr::from(([10, 0, 0, 1], 9000)));
    assert_eq!(health("[health]\nlisten = \"10.0.0.1:9000\"\n"), Ok(HealthSettings { listen: moved, chosen: true }));
}
