//! Who works here, how they are let in, and what they carry.

use super::operation::{Operation, delete, get, post, put};
use super::schema::{
    answer, any_object, count, date, exactly, flag, hash, line, list, list_of, local_text, named, nothing, number,
    one_of, or_null, perhaps_line, secret, slug, text, time, told, wish,
};
use crate::http::people::{PASSWORD_MAX, PASSWORD_MIN};
use crate::http::sessions::CODE_MAX;
use crate::sign_in::TOKEN_MAX_DAYS;
use heliograph_domain::staff::{Role, Verb};
use serde_json::{Map, Value, json};

pub(super) fn operations() -> Vec<Operation> {
    [
        of_sessions(),
        of_presence(),
        of_account(),
        of_passkeys(),
        of_staff(),
        of_their_state(),
        of_reminders(),
        of_substitutes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What `own_password_first` says.
const OWES: &str = "Somebody else set their password and knows it: until they have chosen their own by \
                    `PUT /api/v1/account/password` every other address refuses them.";

fn password() -> Value {
    secret(PASSWORD_MIN, PASSWORD_MAX)
}

fn of_sessions() -> Vec<Operation> {
    const WHO: &str = "Person";
    let password = || secret(1, PASSWORD_MAX);
    let code = || or_null(told(line(CODE_MAX), "From the authenticator, or a recovery code."));
    vec![
        post(
            "/api/v1/sessions",
            "Everyone",
            "Signs in; the secret comes as a cookie, too",
        )
        .takes(wish(
            &[("staff", slug()), ("password", password())],
            &[("code", code())],
        ))
        .gives(
            201,
            "They are in.",
            answer(&[
                ("staff", slug()),
                ("token", text()),
                ("own_password_first", told(flag(), OWES)),
            ]),
        )
        .fails(&[401, 403, 429]),
        get("/api/v1/sessions", WHO, "One's own sessions, and one's tokens").gives(
            200,
            "They.",
            answer(&[("sessions", list(named("Session"))), ("tokens", list(named("Session")))]),
        ),
        delete("/api/v1/sessions", WHO, "Signs out everywhere else, tokens included").gives(
            200,
            "Done.",
            answer(&[("signed_out_elsewhere", exactly(true))]),
        ),
        delete("/api/v1/sessions/current", WHO, "Signs out").gives(
            200,
            "Done.",
            answer(&[("signed_out", exactly(true))]),
        ),
        delete("/api/v1/sessions/{id}", WHO, "Ends one of one's own sessions or tokens").gives(
            200,
            "It is over.",
            answer(&[("ended", hash())]),
        ),
    ]
}

/// Showing again that it is they, and tokens.
fn of_presence() -> Vec<Operation> {
    const WHO: &str = "Person";
    let password = || secret(1, PASSWORD_MAX);
    let scopes = one_of(
        Verb::ALL
            .iter()
            .filter(|verb| verb.fits_a_token())
            .map(|verb| verb.slug()),
    );
    let token = wish(
        &[
            ("label", line(100)),
            ("days", number(1, TOKEN_MAX_DAYS)),
            ("scopes", list_of(scopes, 1, 16)),
        ],
        &[],
    );
    let made = answer(&[
        ("token", told(text(), "Told once.")),
        ("id", hash()),
        ("scopes", list(text())),
        ("expires_at", time()),
    ]);
    let both = json!({"anyOf": [wish(&[("password", password())], &[]), wish(&[("code", line(CODE_MAX))], &[])]});
    vec![
        post(
            "/api/v1/sessions/current/confirm",
            WHO,
            "Shows again that it is they, before a change of weight",
        )
        .takes(both)
        .gives(
            200,
            "They are not asked again for so long.",
            answer(&[("confirmed_for_s", count())]),
        )
        .fails(&[429]),
        post(
            "/api/v1/tokens",
            WHO,
            "Makes a token for a machine, with some of what its maker may",
        )
        .takes(token)
        .gives(201, "It.", made),
    ]
}

fn of_account() -> Vec<Operation> {
    const WHO: &str = "Person";
    let codes = || answer(&[("recovery_codes", told(list(text()), "Told once."))]);
    vec![
        put(
            "/api/v1/account/password",
            WHO,
            "Sets another password; everything else that was signed in ends",
        )
        .takes(wish(&[("password", password())], &[]))
        .gives(200, "Done.", answer(&[("changed", exactly(true))])),
        get(
            "/api/v1/account/changes",
            WHO,
            "Who set one's password, second factor or account otherwise, and what one made and ended to sign in with; \
             the newest first, ten of each",
        )
        .gives(
            200,
            "They.",
            answer(&[("changes", list(changed())), ("means", list(named("SignIns")))]),
        ),
        post("/api/v1/account/changes/seen", WHO, "One knows of all of them")
            .takes(nothing())
            .gives(200, "Done.", answer(&[("seen", exactly(true))])),
        post(
            "/api/v1/account/authenticator",
            WHO,
            "Begins to set up an authenticator",
        )
        .takes(nothing())
        .gives(
            201,
            "What the app needs, for its owner alone.",
            answer(&[("secret", text()), ("uri", text())]),
        ),
        post("/api/v1/account/authenticator/confirm", WHO, "It counts from now on")
            .takes(wish(&[("code", line(CODE_MAX))], &[]))
            .gives(200, "The recovery codes.", codes())
            .fails(&[409]),
        post(
            "/api/v1/account/authenticator/remove",
            WHO,
            "A password alone signs in again",
        )
        .takes(nothing())
        .gives(200, "Done.", answer(&[("removed", exactly(true))]))
        .fails(&[409]),
        post(
            "/api/v1/account/recovery-codes",
            WHO,
            "Fresh recovery codes in the place of all before",
        )
        .takes(nothing())
        .gives(200, "They.", codes())
        .fails(&[409]),
    ]
}

/// Something that was done to one's account.
fn changed() -> Value {
    answer(&[
        ("position", count()),
        ("at", time()),
        ("by", text()),
        ("by_name", text()),
        ("deed", text()),
        ("sentence", text()),
        (
            "unseen",
            told(
                flag(),
                "Whether somebody else did it, and the owner has not said that they know.",
            ),
        ),
    ])
}

fn of_passkeys() -> Vec<Operation> {
    const WHO: &str = "Person";
    let question = || {
        answer(&[(
            "publicKey",
            told(any_object(), "For the browser's `navigator.credentials` (WebAuthn)."),
        )])
    };
    let part = || told(line(16 * 1024), "Base64url, as the browser gives it.");
    let assertion = || {
        wish(
            &[
                ("id", part()),
                ("client_data", part()),
                ("authenticator_data", part()),
                ("signature", part()),
            ],
            &[],
        )
    };
    vec![
        post(
            "/api/v1/passkeys/sign-in/begin",
            "Everyone",
            "A question to whoever stands at the door",
        )
        .gives(200, "It.", question())
        .fails(&[403, 409]),
        post("/api/v1/passkeys/sign-in", "Everyone", "Signs in with the answer")
            .takes(assertion())
            .gives(201, "They are in, by cookie.", answer(&[("staff", slug())]))
            .fails(&[401, 403, 409]),
        post(
            "/api/v1/passkeys/register/begin",
            WHO,
            "What a browser asks its owner for",
        )
        .takes(nothing())
        .gives(200, "It.", question())
        .fails(&[409]),
        post("/api/v1/passkeys/register", WHO, "Adds a passkey")
            .takes(wish(
                &[("label", line(60)), ("client_data", part()), ("attestation", part())],
                &[],
            ))
            .gives(201, "It is theirs.", answer(&[("id", text())]))
            .fails(&[409]),
        post("/api/v1/passkeys/confirm/begin", WHO, "A question to who is signed in")
            .takes(nothing())
            .gives(200, "It.", question())
            .fails(&[409]),
        post("/api/v1/passkeys/confirm", WHO, "Shows with the answer that it is they")
            .takes(assertion())
            .gives(
                200,
                "They are not asked again for so long.",
                answer(&[("confirmed_for_s", count())]),
            )
            .fails(&[409]),
        post("/api/v1/passkeys/{id}/remove", WHO, "Removes one of one's passkeys")
            .takes(nothing())
            .gives(200, "It is gone.", answer(&[("removed", text())])),
    ]
}

fn roles() -> Value {
    list_of(one_of(Role::ALL), 0, 16)
}

fn of_staff() -> Vec<Operation> {
    const WHO: &str = "Administer";
    let newcomer = wish(
        &[("id", slug()), ("name", local_text(60)), ("department", slug())],
        &[
            ("roles", or_null(roles())),
            ("password", or_null(password())),
            (
                "office_id",
                told(perhaps_line(255), "By what the office's own sign-on names them."),
            ),
        ],
    );
    let first = wish(
        &[
            ("word", secret(1, 200)),
            ("id", slug()),
            ("name", local_text(60)),
            ("password", password()),
        ],
        &[],
    );
    let appointed = || answer(&[("id", slug()), ("roles", list(one_of(Role::ALL)))]);
    let required = wish(&[], &[("roles", or_null(roles()))]);
    vec![
        post(
            "/api/v1/setup",
            "Everyone",
            "Makes the first administrator, once, with the word that the hub printed",
        )
        .takes(first)
        .gives(201, "They may sign in.", appointed())
        .fails(&[403, 404, 503]),
        get("/api/v1/staff", "Read", "Who works here").gives(200, "They.", answer(&[("staff", list(named("Person")))])),
        post(
            "/api/v1/staff",
            WHO,
            "Adds somebody, or changes their name, department, roles or password",
        )
        .takes(newcomer)
        .repeatable()
        .gives(201, "It is done.", appointed()),
        put(
            "/api/v1/second-factor",
            WHO,
            "Whoever has one of these roles signs in with a second factor",
        )
        .takes(required)
        .repeatable()
        .gives(200, "It is so.", answer(&[("roles", list(one_of(Role::ALL)))])),
    ]
}

fn of_their_state() -> Vec<Operation> {
    const WHO: &str = "Administer";
    let one = || answer(&[("id", slug())]);
    let state = || answer(&[("id", slug()), ("disabled", flag())]);
    let successor = || {
        let answers = told(
            or_null(slug()),
            "Who answers for their catalogue entries from now on; without one nobody does.",
        );
        wish(&[], &[("successor", answers)])
    };
    let about =
        |path: &'static str, summary: &str| post(path, WHO, summary).takes(nothing()).repeatable().fails(&[409]);
    vec![
        about(
            "/api/v1/staff/{id}/leave",
            "They work here no longer; name and password are erased",
        )
        .takes(successor())
        .gives(200, "Done.", one()),
        about("/api/v1/staff/{id}/disable", "They may do nothing until enabled")
            .takes(successor())
            .gives(200, "Done.", state()),
        about("/api/v1/staff/{id}/enable", "They may sign in again").gives(200, "Done.", state()),
        about("/api/v1/staff/{id}/reset-second-factor", "They lost their telephone").gives(200, "Done.", one()),
    ]
}

fn of_substitutes() -> Vec<Operation> {
    let leave = || {
        answer(&[
            ("person", slug()),
            ("substitute", slug()),
            ("from", time()),
            ("until", or_null(time())),
            ("now", told(flag(), "Whether they stand in at this moment.")),
        ])
    };
    vec![
        get(
            "/api/v1/substitutes",
            "Read",
            "Who is on leave, now or later, and who stands in",
        )
        .gives(200, "They.", answer(&[("substitutes", list(leave()))])),
        put(
            "/api/v1/staff/{id}/substitute",
            "Administer",
            "Names who stands in from one day to another, both included; one's own is everybody's to name",
        )
        .takes(wish(
            &[("substitute", slug()), ("from", date()), ("until", date())],
            &[],
        ))
        .repeatable()
        .gives(200, "It is so.", leave()),
        delete(
            "/api/v1/staff/{id}/substitute",
            "Administer",
            "Nobody stands in any longer; one's own is everybody's to end",
        )
        .takes(nothing())
        .repeatable()
        .gives(
            200,
            "It is so.",
            answer(&[("person", slug()), ("substitute", json!({"type": "null"}))]),
        ),
    ]
}

fn of_reminders() -> Vec<Operation> {
    let address = || answer(&[("id", slug()), ("address", or_null(text()))]);
    let sent = answer(&[
        ("date", text()),
        ("person", slug()),
        ("at", time()),
        ("outcome", one_of(["nothing", "sending", "sent", "failed", "uncertain"])),
        ("why", or_null(text())),
    ]);
    vec![
        get(
            "/api/v1/staff/{id}/address",
            "Administer",
            "Where somebody is reminded by e-mail; one's own is everybody's to see",
        )
        .gives(200, "It.", address()),
        put(
            "/api/v1/staff/{id}/address",
            "Administer",
            "Sets or erases it; one's own is everybody's to set",
        )
        .takes(wish(&[], &[("address", perhaps_line(200))]))
        .gives(200, "It is so.", address()),
        get(
            "/api/v1/reminders",
            "Catalogue",
            "Where letters go out, and what became of those of the last days",
        )
        .gives(
            200,
            "They.",
            answer(&[("server", or_null(text())), ("sent", list(sent))]),
        ),
    ]
}

pub(super) fn schemas() -> Map<String, Value> {
    let person = answer(&[
        ("id", slug()),
        ("name", or_null(named("LocalText"))),
        ("department", slug()),
        ("roles", list(one_of(Role::ALL))),
        ("disabled", flag()),
        ("own_password_first", told(flag(), OWES)),
    ]);
    let session = answer(&[
        ("id", hash()),
        ("label", text()),
        ("scopes", or_null(list(text()))),
        ("address", text()),
        ("browser", json!({})),
        ("opened_at", or_null(time())),
        ("used_at", or_null(time())),
        ("expires_at", time()),
        ("current", flag()),
    ]);
    [("Person", person), ("Session", session)]
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}
