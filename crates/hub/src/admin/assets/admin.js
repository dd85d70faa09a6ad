// What the pages do more with script: live pictures, live parts, previews as one types. Every page works without it.
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
  if (shots.size) setInterval(() => { for (const turn of shots.values()) turn(); }, 10000);

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

  // Panels: every page of a text can be leafed through; where a form stands beside them, they show what stands in it.
  const sheet = document.querySelector("form[data-preview]");
  const typed = (then) => {
    const fields = new URLSearchParams(new FormData(sheet));
    if (then) fields.set("then", then);
    return fields;
  };
  const panes = all("[data-panel]").map((figure) => ({
    panel: figure.dataset.panel, page: 0, pages: 1, busy: false, again: false,
    source: figure.querySelector("img").getAttribute("src"),
    glass: figure.querySelector(".glass"), caption: figure.querySelector("figcaption"), lacks: figure.dataset.lacks,
  }));
  const language = () => {
    const field = (document.activeElement && document.activeElement.name) || "";
    const match = field.match(/^content\.([A-Za-z-]+)\./);
    if (match) sheet.dataset.lang = match[1];
    return sheet.dataset.lang || "zh-Hans";
  };
  const ask = (pane) => {
    if (!sheet) return fetch(pane.source + "&page=" + pane.page);
    const address = sheet.dataset.preview + "?panel=" + pane.panel + "&page=" + pane.page + (sheet.dataset.draft ? "&draft=" + sheet.dataset.draft : "") + "&lang=" + language();
    return fetch(address, { method: "POST", body: typed() });
  };
  const leaf = (pane) => {
    let box = pane.caption.querySelector(".leaf");
    if (pane.pages < 2) { if (box) box.remove(); return; }
    if (!box) {
      box = document.createElement("span");
      box.className = "leaf";
      const button = (label, step) => {
        const b = document.createElement("button");
        b.type = "button"; b.textContent = label;
        b.addEventListener("click", () => { pane.page = (pane.page + step + pane.pages) % pane.pages; draw(pane); });
        return b;
      };
      box.append(button("‹", -1), document.createElement("b"), button("›", 1));
      pane.caption.append(box);
    }
    box.querySelector("b").textContent = (pane.page + 1) + "/" + pane.pages;
  };
  // Characters that this panel's font does not have are named under its picture.
  const lacks = (pane, points) => {
    let note = pane.caption.querySelector(".lacks");
    if (!points) { if (note) note.remove(); return; }
    if (!note) {
      note = document.createElement("em");
      note.className = "lacks";
      note.setAttribute("role", "status");
      pane.caption.append(note);
    }
    const told = points.split(" ").map((point) => String.fromCodePoint(parseInt(point, 16))).join(" ");
    note.textContent = pane.lacks + told;
  };
  const draw = async (pane) => {
    if (pane.busy) { pane.again = true; return; }
    pane.busy = true;
    try {
      const answer = await ask(pane);
      if (answer.ok) {
        const picture = await createImageBitmap(await answer.blob());
        let canvas = pane.glass.querySelector("canvas");
        if (!canvas) {
          canvas = document.createElement("canvas");
          canvas.setAttribute("role", "img");
          canvas.setAttribute("aria-label", pane.glass.querySelector("img").alt);
          pane.glass.replaceChildren(canvas);
        }
        canvas.width = picture.width; canvas.height = picture.height;
        canvas.getContext("2d").drawImage(picture, 0, 0);
        pane.pages = Number(answer.headers.get("x-pages")) || 1;
        pane.page = Math.min(pane.page, pane.pages - 1);
        leaf(pane);
        lacks(pane, answer.headers.get("x-missing"));
      }
    } catch { /* The hub is away: the last picture stays. */ }
    pane.busy = false;
    if (pane.again) { pane.again = false; draw(pane); }
  };
  const drawAll = calmly(() => panes.forEach(draw), 350);
  if (panes.length) drawAll();
  if (!sheet) return;

  // Writing: pictures and draft follow as one types.
  // The button is for those without script.
  sheet.querySelector("button[value=preview]").hidden = true;
  sheet.addEventListener("input", drawAll);
  sheet.addEventListener("focusin", () => { const before = sheet.dataset.lang; if (language() !== before) drawAll(); });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      sheet.requestSubmit(sheet.querySelector(".buttons button[value=save]"));
    }
  });

  const saved = document.getElementById("saved");
  let saving = false, dirty = false, leaving = false, behind = false;
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
  const save = async () => {
    if (saving || leaving || !dirty || !sheet.elements.catalogue_entry.value) return;
    saving = true; dirty = false;
    try {
      const sent = typed("autosave");
      const answer = await fetch(sheet.action, { method: "POST", body: sent });
      const told = await answer.json();
      if (answer.ok) {
        behind = follow(told.changed || {}, sent);
        sheet.elements.hash.value = behind ? told.sent : told.hash;
        if (told.changed) drawAll();
        if (!sheet.action.endsWith(told.id)) {
          sheet.action = "/admin/write/" + told.id;
          history.replaceState(null, "", sheet.action);
        }
        saved.textContent = told.note || told.saved;
        // What stands at the fields is of the text as it was; the card has all of it as it is.
        for (const old of all(".found", sheet)) old.remove();
        const gate = document.getElementById("gate");
        const card = gate && new DOMParser().parseFromString(told.gate, "text/html").getElementById("gate");
        if (card && card.outerHTML !== gate.outerHTML && !gate.contains(document.activeElement)) gate.replaceWith(document.importNode(card, true));
      } else saved.textContent = told.note || saved.dataset.unsaved;
    } catch { saved.textContent = saved.dataset.unsaved; }
    saving = false;
    if (dirty) setTimeout(save, 1200);
  };
  let pause = 0;
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
  addEventListener("pageshow", () => { leaving = false; });
})();
