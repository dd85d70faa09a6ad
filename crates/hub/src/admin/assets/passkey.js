// Passkeys: asks the browser for one and hands what it says to the hub. Where there is no script, no passkey or no secure
// connection, the forms work without it.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function call(path, body) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error([told.title, told.detail].filter(Boolean).join(" "));
    return told;
  }

  function options(told) {
    const asked = told.publicKey;
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    for (const list of [asked.excludeCredentials, asked.allowCredentials]) {
      for (const one of list || []) one.id = bytes(one.id);
    }
    return { publicKey: asked };
  }

  const said = (credential) => ({
    id: text(credential.rawId),
    client_data: text(credential.response.clientDataJSON),
    authenticator_data: text(credential.response.authenticatorData),
    signature: text(credential.response.signature),
  });

  const ways = {
    async register(box) {
      const asked = options(await call("/api/v1/passkeys/register/begin", {}));
      const made = await navigator.credentials.create(asked);
      await call("/api/v1/passkeys/register", {
        label: box.querySelector("input").value,
        client_data: text(made.response.clientDataJSON),
        attestation: text(made.response.attestationObject),
      });
      location.assign("/admin/account?done=passkey");
    },
    async "sign-in"(box) {
      const asked = options(await call("/api/v1/passkeys/sign-in/begin", {}));
      await call("/api/v1/passkeys/sign-in", said(await navigator.credentials.get(asked)));
      if (box.dataset.next) location.assign(box.dataset.next);
      // At a door that holds a form: it goes on, and the hub knows now who sends it.
      else box.closest("form").submit();
    },
    async confirm(box) {
      const asked = options(await call("/api/v1/passkeys/confirm/begin", {}));
      await call("/api/v1/passkeys/confirm", said(await navigator.credentials.get(asked)));
      // What was typed goes on; the hub knows now that it is they.
      box.closest("form").submit();
    },
  };

  for (const box of document.querySelectorAll("[data-passkey]")) {
    const [button, told] = [box.querySelector("button"), box.querySelector("output")];
    box.hidden = false;
    button.addEventListener("click", async () => {
      told.textContent = "";
      button.disabled = true;
      try {
        await ways[box.dataset.passkey](box);
      } catch (error) {
        // Somebody who changed their mind needs no explanation.
        if (error.name !== "NotAllowedError") told.textContent = error.message;
      } finally {
        button.disabled = false;
      }
    });
  }
})();
