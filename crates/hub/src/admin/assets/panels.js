// The panels beside a text: their pages are leafed through in place, and beside a form they follow what stands in it.
// Without script the pictures are those of the page, and the pages are links.
"use strict";
(() => {
  const card = () => document.getElementById("panels");
  if (!card()) return;

  // A page's number brings it into view, and moves nothing else.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".leaf a[href^='#look-']");
    const look = link && document.getElementById(link.hash.slice(1));
    if (!look) return;
    event.preventDefault();
    const reel = look.parentElement;
    reel.scrollTo({ left: look.offsetLeft - reel.firstElementChild.offsetLeft, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  });

  // Before a release the panels are those of the channels that are ticked; without script a button asks for them.
  const release = document.querySelector("form.release:has(button[name=then][value=look])");
  if (release) {
    release.querySelector("button[name=then][value=look]").hidden = true;
    let turn = 0;
    release.addEventListener("change", async (event) => {
      if (event.target.name !== "channels") return;
      const mine = ++turn, fields = new URLSearchParams(new FormData(release));
      fields.set("then", "look");
      const answer = await fetch(release.action, { method: "POST", body: fields }).catch(() => null);
      if (!answer || !answer.ok || mine !== turn) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("panels");
      if (fresh && mine === turn) card().replaceWith(document.importNode(fresh, true));
    });
  }

  const sheet = document.getElementById("sheet");
  if (!sheet || !card().dataset.preview || !window.IntersectionObserver) return;

  // One new picture is fetched at a time, of those that are looked at; the old one stays until the new one is there.
  const seen = new Set();
  let loading = false;
  const pump = () => {
    if (loading) return;
    for (const img of seen) if (!img.isConnected) seen.delete(img);
    const img = [...seen].find((img) => img.dataset.next);
    if (!img) return;
    loading = true;
    const next = new Image(), source = img.dataset.next;
    const done = (good) => {
      loading = false;
      if (img.dataset.next === source) delete img.dataset.next;
      if (good && img.isConnected) {
        next.alt = img.alt; next.width = img.width; next.height = img.height;
        if (img.dataset.next) next.dataset.next = img.dataset.next;
        img.replaceWith(next);
        watcher.unobserve(img); watcher.observe(next);
      }
      pump();
    };
    next.onload = () => done(true);
    next.onerror = () => done(false);
    next.src = source;
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) { if (entry.isIntersecting) seen.add(entry.target); else seen.delete(entry.target); }
    pump();
  }, { rootMargin: "80px" });
  const watch = () => { for (const img of card().querySelectorAll(".glass img")) watcher.observe(img); };

  // The fresh card takes the place of the old one with the old one's pictures in it, where there are any.
  const exchange = (fresh) => {
    const old = card();
    for (const figure of fresh.querySelectorAll("[data-panel]")) {
      const before = old.querySelector(`[data-panel="${CSS.escape(figure.dataset.panel)}"]`);
      if (!before) continue;
      const pictures = before.querySelectorAll(".glass img");
      figure.querySelectorAll(".glass img").forEach((img, at) => {
        const picture = pictures[at];
        if (!picture) return;
        const shown = picture.dataset.next || picture.getAttribute("src");
        if (shown !== img.getAttribute("src")) picture.dataset.next = img.getAttribute("src");
        picture.alt = img.alt;
        img.replaceWith(picture);
      });
      const reel = before.querySelector(".reel"), there = figure.querySelector(".reel");
      if (reel.scrollLeft) there.dataset.left = reel.scrollLeft;
    }
    const open = old.querySelector("details[open]"), fold = fresh.querySelector("details");
    if (open && fold) fold.open = true;
    const focused = old.contains(document.activeElement) && document.activeElement.closest("[data-panel]");
    old.replaceWith(fresh);
    for (const reel of fresh.querySelectorAll(".reel[data-left]")) { reel.scrollLeft = reel.dataset.left; delete reel.dataset.left; }
    if (focused) { const reel = fresh.querySelector(`[data-panel="${CSS.escape(focused.dataset.panel)}"] .reel`); if (reel) reel.focus({ preventScroll: true }); }
    watch();
    pump();
  };

  let busy = false, again = false, pause = 0;
  const follow = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(card().dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(sheet)) });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("panels");
        if (fresh) exchange(document.importNode(fresh, true));
      }
    } catch { /* The hub is away: the last pictures stay. */ }
    busy = false;
    if (again) { again = false; later(); }
  };
  // When the hands rest for a moment, and at the latest every two seconds while they do not.
  let waiting = 0;
  const later = () => {
    const now = Date.now();
    if (!waiting) waiting = now;
    clearTimeout(pause);
    pause = setTimeout(() => { waiting = 0; follow(); }, Math.max(0, Math.min(450, waiting + 2000 - now)));
  };
  sheet.addEventListener("input", later);
  // What others wrote meanwhile came into the form.
  sheet.addEventListener("followed", later);
  // The button is for those without script.
  const button = sheet.querySelector("button[value=preview]");
  if (button) button.hidden = true;
  watch();
})();
