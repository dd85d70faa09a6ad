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
})();
