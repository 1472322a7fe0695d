//! People subscribe, confirm, choose and leave: over HTTP, with a mailbox behind a real SMTP dialogue.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use support::house::eventually;
use support::pages::{CLOSED, PROMISES};
use support::reader::World;

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_subscribes_confirms_is_told_and_leaves_by_one_click() {
    let world = World::begin().await;
    let daemon = world.house.start();
    world.is_watched();

    let asked = world.post_form("/subscribe", &format!("address={ANA}&tag=music&severity=minor")).await;
    assert_eq!(asked.status, 200, "{asked:#?}");
    let confirmation = world.mail(ANA, 1);
    assert!(confirmation.header("List-Unsubscribe").is_none(), "nothing is subscribed that could be left");
    assert!(!world.house.run(&["subscriber", "list"]).out.contains(ANA), "nothing of the address is stored before it confirms");

    let link = confirmation.link("confirm");
    let page = world.get(&link).await;
    assert!(page.status == 200 && page.body.contains("Yes, write to me"), "{page:#?}");
    assert!(!world.house.run(&["subscriber", "list"]).out.contains(ANA), "a link that is opened by a scanner confirms nothing");
    assert_eq!(world.post_form(&link, "").await.status, 200);
    let welcome = world.mail(ANA, 2);
    assert!(welcome.subject().contains("confirmed"), "{}", welcome.subject());
    assert!(!world.house.run(&["mail", "queue"]).out.contains("Confirm"), "the confirmation is thrown away once it was delivered");

    world.starts_to_train();
    let alert = world.mail(ANA, 3);
    assert!(alert.subject().contains("critical"), "{}", alert.subject());
    let ways = alert.header("List-Unsubscribe").expect("List-Unsubscribe");
    assert!(ways.starts_with(&format!("<{}/unsubscribe/", world.site)), "{ways}");
    let leave = alert.link("unsubscribe");
    assert!(ways.contains(&leave));
    assert_eq!(world.get(&leave).await.status, 200);
    assert!(world.house.run(&["subscriber", "list"]).out.contains("confirmed"), "a GET only asks");

    assert_eq!(world.post_form(&leave, "List-Unsubscribe=One-Click").await.status, 200);
    assert!(world.house.run(&["subscriber", "list"]).out.contains("(left "));
    assert_eq!(world.post_form(&leave, "List-Unsubscribe=One-Click").await.status, 200, "it may be pressed again");
    assert_eq!(world.post_form(&link, "").await.status, 410, "an old confirmation does not bring it back");
    world.changes_to(PROMISES);
    world.house.run(&["subscriber", "add", BEN]).ends_with(0);
    world.changes_to(CLOSED);
    world.mail(BEN, 1);
    assert_eq!(world.post.mailbox(ANA).len(), 3, "nothing comes after leaving");

    let exported = world.house.run(&["subscriber", "export", ANA]).ends_with(0).json();
    assert!(exported["subscriptions"][0]["consent"]["by"].as_str().is_some_and(|by| by.len() == 64), "{exported:#}");
    world.house.run(&["subscriber", "forget", ANA]).ends_with(0);
    world.house.run(&["subscriber", "export", ANA]).ends_with(2);
    let log = daemon.log();
    assert!(![ANA, BEN].iter().any(|address| log.contains(address)), "the log holds an address:\n{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn preferences_are_shown_and_changed_by_the_link_in_a_mail() {
    let world = World::begin().await;
    let _daemon = world.house.start();
    world.is_watched();
    world.post_form("/subscribe", &format!("address={ANA}&severity=critical")).await;
    world.post_form(&world.mail(ANA, 1).link("confirm"), "").await;
    let preferences = world.mail(ANA, 2).link("preferences");
    let form = world.get(&preferences).await;
    assert!(form.body.contains("value=\"critical\" checked"), "{}", form.body);
    let saved = world.post_form(&preferences, "severity=major&topic=training&rhythm=weekly&day=friday&hour=7&zone=Europe/Dublin").await;
    assert_eq!(saved.status, 200, "{saved:#?}");
    let listed = world.house.run(&["subscriber", "list"]).out;
    assert!(listed.contains("from major: training, weekly"), "{listed}");
    let refused = world.post_form(&preferences, "severity=major&rhythm=daily&hour=99").await;
    assert!(refused.status == 422 && refused.body.contains("no hour of the day"), "{refused:#?}");
    let leave = form.body.split('"').find(|part| part.starts_with("/unsubscribe/")).expect("a way to leave").to_owned();
    assert_eq!(world.post_form(&leave, "").await.status, 200);
    assert_eq!(world.get(&preferences).await.status, 410, "the preferences of somebody who left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_never_tells_whether_an_address_is_known() {
    let world = World::begin().await;
    let _daemon = world.house.start();
    world.house.run(&["subscriber", "add", ANA]).ends_with(0);
    let (known, unknown) =
        (world.post_form("/subscribe", &format!("address={ANA}")).await, world.post_form("/subscribe", &format!("address={BEN}")).await);
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    for _ in 0..5 {
        let again = world.post_form("/subscribe", &format!("address={BEN}")).await;
        assert!(again.status == 200 && again.body.contains("Look into your mailbox"), "{again:#?}");
    }
    world.mail(BEN, 3);
    assert_eq!(world.post.mailbox(BEN).len(), 3, "an address is not flooded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_address_no_token_and_no_form_is_refused() {
    let world = World::begin().await;
    let _daemon = world.house.start();
    for bad in ["", "ana", "ana%40example.org%0D%0ABcc%3A+all%40example.org", "%22a%22%40", "a%20b%40example.org", "ana%40localhost"] {
        let refused = world.post_form("/subscribe", &format!("address={bad}")).await;
        assert_eq!(refused.status, 422, "{bad}: {refused:#?}");
    }
    let markup = world.post_form("/subscribe", "address=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert!(!markup.body.contains("<script>alert"), "{}", markup.body);
    world.post_form("/subscribe", &format!("address={ANA}")).await;
    let token = world.mail(ANA, 1).link("confirm").rsplit('/').next().expect("a token").to_owned();
    let altered = format!("{}x{}", &token[..20], &token[21..]);
    for (page, token) in [
        ("confirm", altered.as_str()),
        ("confirm", &token[..token.len() - 2]),
        ("unsubscribe", &token),
        ("preferences", &token),
        ("confirm", "..%2F..%2Fetc%2Fpasswd"),
    ] {
        for answer in [world.get(&format!("/{page}/{token}")).await, world.post_form(&format!("/{page}/{token}"), "").await] {
            assert_eq!(answer.status, 400, "{page} {token}: {answer:#?}");
        }
    }
    assert!(world.is_too_large("/subscribe", format!("address={}", "a".repeat(5_000_000))).await);
    let program = world.post_form("/subscribe", &format!("address={BEN}&website=spam")).await;
    assert_eq!(program.status, 200);
    assert!(world.post.mailbox(BEN).is_empty(), "programs fill in every field");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_is_gone_suspends_its_subscription_alone() {
    let world = World::begin().await;
    world.post.refuse_mailbox(BEN, "550 5.1.1 no such mailbox");
    let daemon = world.house.start();
    world.is_watched();
    for address in [ANA, BEN] {
        world.house.run(&["subscriber", "add", address]).ends_with(0);
    }
    world.starts_to_train();
    world.mail(ANA, 1);
    let list = || world.house.run(&["subscriber", "list"]).out;
    eventually("the subscription is suspended", || list().contains("suspended").then_some(()));
    let line = |address: &str| list().lines().find(|line| line.contains(address)).expect("a line").to_owned();
    assert!(line(BEN).contains("5.1.1 no such mailbox"), "{}", line(BEN));
    assert!(line(ANA).contains("(confirmed"), "{}", line(ANA));
    daemon.says("a subscription was suspended");
}
