// What the pages do more with script: live pictures, live parts, drafts that save themselves. Every page works without it.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Runs `work` at most once every `ms`, and once more after the last call.
  const calmly = (work, ms) => {
    let last = 0, timer = 0;
    return () => {
      clearTimeout(timer);
      const wait = Math.max(0, last + ms - Date.now());
      timer = setTimeout(() => { last = Date.now(); work(); }, wait);
    };
  };

  // After an error, the first field that needs correcting has the cursor.
  const bad = document.querySelector(".bad input, .bad textarea, .bad select");
  if (bad && document.querySelector(".alert")) bad.focus();

  // A page that is to be kept on paper.
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // The column beside goes along with the page as long as all of it can be seen.
  for (const column of all(".split > .stack:last-child")) {
    const look = () => column.classList.toggle("fits", column.offsetHeight <= innerHeight - 32);
    new ResizeObserver(look).observe(column);
    addEventListener("resize", look);
  }

  // The slash leads to the search, unless somebody types.
  addEventListener("keydown", (event) => {
    const find = document.getElementById("find");
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || !find) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    find.focus();
  });

  // Live pictures: the new one is loaded before it takes the place of the old.
  const renew = (img) => {
    if (!img.dataset.source) img.dataset.source = img.getAttribute("src");
    const next = new Image();
    next.onload = () => { img.src = next.src; };
    next.src = img.dataset.source + (img.dataset.source.includes("?") ? "&" : "?") + "t=" + Date.now();
  };
  const shots = new Map();
  for (const img of all("img[data-shot]")) {
    shots.set(img.dataset.shot, calmly(() => { if (!document.hidden) renew(img); }, 1500));
  }
  // What stands under a picture is renewed with it: a picture is drawn at the moment, and the words are those of the page.
  if (shots.size) {
    setInterval(() => { for (const turn of shots.values()) turn(); if (!document.hidden) refresh(); }, 10000);
    addEventListener("load", () => refresh());
  }

  // Live parts: the page is fetched anew and elements marked `data-fresh` are exchanged by their ids.
  const refresh = calmly(async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of all("[data-fresh][id]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && fresh.outerHTML !== part.outerHTML && !part.contains(document.activeElement)) part.replaceWith(document.importNode(fresh, true));
    }
  }, 700);

  const live = document.querySelector("[data-live]");
  if (live && window.EventSource) {
    const news = new EventSource("/api/v1/events");
    for (const kind of live.dataset.live.split(" ")) {
      news.addEventListener(kind, (event) => {
        const told = JSON.parse(event.data || "{}");
        if (live.dataset.about && told.publication && told.publication !== live.dataset.about) return;
        if (told.type === "display" && shots.has(told.id)) shots.get(told.id)();
        refresh();
      });
    }
    news.addEventListener("missed", refresh);
    addEventListener("pagehide", () => news.close());
  }

  const sheet = document.getElementById("sheet");
  const typed = (then) => {
    const fields = new URLSearchParams(new FormData(sheet));
    if (then) fields.set("then", then);
    return fields;
  };
  if (!sheet) return;

  // Writing: the draft follows as one types. Its pictures do too: panels.js.
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      sheet.requestSubmit(sheet.querySelector(".buttons button[value=save]"));
    }
  });

  const saved = document.getElementById("saved");
  let saving = false, dirty = false, leaving = false, behind = false, pause = 0;
  // What others wrote meanwhile comes into the fields, but not into the one in which somebody types, nor into one that was
  // changed since it was sent: these wait, and what is typed stays of what was sent.
  const follow = (changed, sent) => {
    const plain = (text) => (text || "").replace(/\r\n/g, "\n").trim();
    let waits = false;
    for (const [name, text] of Object.entries(changed)) {
      const field = sheet.elements[name];
      const mayFollow = text !== null && field && "value" in field && field !== document.activeElement && plain(field.value) === plain(sent.get(name));
      if (mayFollow) field.value = text; else waits = true;
    }
    return waits;
  };
  // What was not saved is still to be saved: it is tried again, and nobody leaves without being asked.
  const unsaved = (said, again) => {
    dirty = true;
    saved.textContent = said;
    saved.classList.add("unsaved");
    if (again) { clearTimeout(pause); pause = setTimeout(save, 5000); }
  };
  // The session has ended: the button sends the sheet to the door, which keeps it, and saves it once somebody signed in.
  const atDoor = (said) => {
    unsaved(said, false);
    const button = document.createElement("button");
    button.type = "button"; button.className = "btn small"; button.textContent = saved.dataset.signIn;
    button.addEventListener("click", () => sheet.requestSubmit(sheet.querySelector(".buttons button[value=save]")));
    saved.append(" ", button);
  };
  const save = async () => {
    if (saving || leaving || !dirty) return;
    saving = true; dirty = false;
    try {
      const sent = typed("autosave");
      const answer = await fetch(sheet.action, { method: "POST", body: sent });
      const told = await answer.json();
      saved.classList.remove("unsaved");
      if (answer.ok) {
        const was = behind;
        behind = follow(told.changed || {}, sent);
        sheet.elements.hash.value = behind ? told.sent : told.hash;
        if (told.changed) sheet.dispatchEvent(new Event("followed"));
        if (!sheet.action.endsWith(told.id)) {
          sheet.action = "/admin/write/" + told.id;
          history.replaceState(null, "", sheet.action);
        }
        // A window that catches up has said already whose words came.
        saved.textContent = (!was && told.note && told.note + (behind ? " " + saved.dataset.behind : "")) || told.saved;
        // What stands at the fields is of the text as it was; the card has all of it as it is.
        for (const old of all(".found", sheet)) old.remove();
        const gate = document.getElementById("gate");
        const card = gate && new DOMParser().parseFromString(told.gate, "text/html").getElementById("gate");
        if (card && card.outerHTML !== gate.outerHTML && !gate.contains(document.activeElement)) gate.replaceWith(document.importNode(card, true));
        // The first save made the draft: pictures can be added to it now.
        const pictures = told.pictures && document.getElementById("pictures");
        if (pictures) pictures.replaceWith(document.importNode(new DOMParser().parseFromString(told.pictures, "text/html").getElementById("pictures"), true));
        if (dirty) { clearTimeout(pause); pause = setTimeout(save, 1200); }
      } else if (answer.status === 401) atDoor(told.note);
      else unsaved(told.note || saved.dataset.unsaved, false);
    } catch { unsaved(saved.dataset.away, true); }
    saving = false;
  };
  // What a refused form said at a field was of the text as it was. When nothing is marked any more, the bar above has
  // nothing to say either, unless it says more than that.
  sheet.addEventListener("input", (event) => {
    const marked = event.target.closest(".bad");
    if (!marked) return;
    marked.classList.remove("bad");
    for (const said of all(".fault", marked)) said.remove();
    const led = event.target.id && document.querySelector(`.alert[data-passing] a[href="#${CSS.escape(event.target.id)}"]`);
    if (led) led.closest("li").remove();
    if (!sheet.querySelector(".bad")) for (const bar of all(".alert[data-passing]")) bar.remove();
  });
  sheet.addEventListener("input", () => { dirty = true; clearTimeout(pause); pause = setTimeout(save, 1200); });
  sheet.addEventListener("focusout", () => { if (behind) { dirty = true; clearTimeout(pause); pause = setTimeout(save, 300); } });
  // A save under way must not be overtaken by the button: its answer brings the hash that the button needs.
  sheet.addEventListener("submit", (event) => {
    leaving = true; clearTimeout(pause);
    if (!saving) return;
    event.preventDefault();
    const go = () => { if (saving) setTimeout(go, 40); else sheet.requestSubmit(event.submitter); };
    go();
  });
  // What stands on the sheet is saved before another form of the page, or a link, leads away from it.
  const settled = async () => {
    clearTimeout(pause);
    while (saving) await new Promise((done) => setTimeout(done, 40));
    if (dirty) await save();
  };
  const waits = (event, go) => {
    if (!dirty && !saving || leaving) return;
    event.preventDefault();
    settled().then(() => {
      if (dirty && !confirm(saved.dataset.unsaved)) return;
      leaving = true;
      go();
    });
  };
  addEventListener("submit", (event) => {
    if (event.target !== sheet) waits(event, () => event.target.requestSubmit(event.submitter));
  });
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey || link.getAttribute("href").startsWith("#")) return;
    waits(event, () => { location.href = link.href; });
  });
  addEventListener("pageshow", () => { leaving = false; });
  // Whoever closes the window is asked while something is not saved, and what they typed last is sent on its way.
  addEventListener("beforeunload", (event) => { if (dirty && !leaving || saving) { save(); event.preventDefault(); } });
  // Back from another window, perhaps from the door: what is not saved yet is tried again.
  addEventListener("focus", () => { if (dirty && !saving) { clearTimeout(pause); pause = setTimeout(save, 300); } });
})();
