//! Passkeys in a real browser, with a holder of passkeys that the browser simulates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

#[allow(dead_code, reason = "shared with the other story")]
mod support;

use heliograph_hub::Clock as _;
use heliograph_tests::{PASSWORD, TempDir, World};
use serde_json::json;
use support::Browser;

/// Browsers make passkeys for names alone.
fn by_name(world: &World) -> String {
    format!("http://localhost:{}", world.hub().http_addr().port())
}

fn sign_out(browser: &Browser) {
    browser.follow("form[action='/admin/logout'] button");
    browser.eventually("signed out", || browser.address() == "/admin/login");
}

fn press(browser: &Browser, what: &str) {
    browser.click(&format!("[data-passkey={what}] button"));
}

#[test]
fn a_passkey_is_added_signs_in_and_shows_again_who_it_is() {
    let (world, folder) = (World::new(), TempDir::new());
    let (hub, browser) = (by_name(&world), Browser::start(folder.path()));
    browser.open(&format!("{hub}/admin/login"));
    let holder = browser.passkey_holder();
    browser.type_into("input[name=staff]", "author");
    browser.type_into("input[name=password]", PASSWORD);
    browser.follow("form[action='/admin/login'] button[type=submit]");
    browser.open(&format!("{hub}/admin/account"));
    browser.follow("form[action='/admin/account/passkeys'] button");
    press(&browser, "register");
    browser.reads("通行密钥已添加");
    browser.reads("这台电脑");
    sign_out(&browser);

    // Whom the holder does not recognise stays outside, and so does a question that was answered.
    browser.open(&format!("{hub}/admin/login?next=/admin/staff"));
    browser.recognises(&holder, false);
    press(&browser, "sign-in");
    browser.eventually("it was tried", || {
        browser.run("return !document.querySelector('[data-passkey] button').disabled") == true
    });
    assert_eq!(browser.address(), "/admin/login");
    browser.recognises(&holder, true);
    press(&browser, "sign-in");
    browser.eventually("signed in", || browser.address() == "/admin/staff");

    // Six minutes later a step asks again who it is; what was typed goes on by itself.
    world.clock.set(world.clock.now().plus_ms(6 * 60_000));
    browser.open(&format!("{hub}/admin/account"));
    browser.click("#tokens summary");
    browser.type_into("input[name=label]", "备份程序");
    browser.follow("form[action='/admin/account/tokens'] button");
    browser.reads("请确认是您本人");
    press(&browser, "confirm");
    browser.reads("令牌只显示这一次");
    browser.reads("备份程序");
    a_bent_answer_is_refused(&browser);

    browser.follow("form[action$='/remove'] button");
    browser.eventually("removed", || !browser.text().contains("这台电脑"));
    sign_out(&browser);
    press(&browser, "sign-in");
    browser.reads("通行密钥没有通过验证");
}

/// What the script sends, with its signature bent, and then as it was: the control.
fn a_bent_answer_is_refused(browser: &Browser) {
    let answered = browser.run(
        r#"
        const post = (path, body) => fetch(path, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});
        const bytes = (t) => Uint8Array.from(atob(t.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
        const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
        const said = async (bend) => {
            const asked = (await (await post('/api/v1/passkeys/confirm/begin', {})).json()).publicKey;
            asked.challenge = bytes(asked.challenge);
            asked.allowCredentials.forEach((one) => { one.id = bytes(one.id); });
            const made = await navigator.credentials.get({publicKey: asked});
            const signature = new Uint8Array(made.response.signature);
            if (bend) signature[signature.length - 1] ^= 1;
            const answer = {
                id: text(made.rawId), client_data: text(made.response.clientDataJSON),
                authenticator_data: text(made.response.authenticatorData), signature: text(signature),
            };
            const path = '/api/v1/passkeys/confirm';
            return [(await post(path, answer)).status, (await post(path, answer)).status];
        };
        return [await said(true), await said(false)];
        "#,
    );
    // Bent; as it was; and the same answer again: a question is answered once.
    assert_eq!(answered, json!([[403, 403], [200, 403]]));
}
