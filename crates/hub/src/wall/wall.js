"use strict";
// Each tile hears its player over the hub. Binary: 8 bytes of the frame's time, then a PNG; text: the player is alive.
// A tile that has heard nothing for five seconds says so, whatever the reason.
const STALE_MS = 5000;

class Tile {
  constructor(figure) {
    this.figure = figure;
    this.picture = figure.querySelector("[data-picture]");
    this.state = figure.querySelector(".state");
    this.veil = figure.querySelector(".veil span");
    this.heard = 0;
    this.shownAt = null;
    figure.style.setProperty("--lamp", `${figure.dataset.lamp}px`);
    this.wireSwitches();
    this.listen();
  }

  listen() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/wall/${this.figure.dataset.display}/live`);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (message) => this.hear(message.data);
    socket.onclose = () => setTimeout(() => this.listen(), 1000);
  }

  hear(data) {
    this.heard = Date.now();
    if (typeof data !== "string") this.show(data);
    this.judge();
  }

  show(data) {
    this.shownAt = Number(new DataView(data).getBigUint64(0));
    const former = this.picture.src;
    this.picture.src = URL.createObjectURL(new Blob([new Uint8Array(data, 8)], { type: "image/png" }));
    if (former.startsWith("blob:")) this.picture.decode().catch(() => {}).finally(() => URL.revokeObjectURL(former));
  }

  // Gives whether the tile is live.
  judge() {
    const live = Date.now() - this.heard < STALE_MS && this.shownAt !== null;
    const known = this.shownAt !== null;
    const time = known ? new Date(this.heard).toLocaleTimeString(document.documentElement.lang, { hour12: false }) : "";
    const words = this.figure.dataset;
    const word = live ? words.live : known ? words.stale.replace("{time}", time) : words.waiting;
    this.figure.classList.toggle("live", live);
    this.figure.classList.toggle("stale", !live && known);
    if (this.state.textContent !== word) this.state.textContent = word;
    this.veil.textContent = word;
    return live;
  }

  // The switches work without script; with it the page need not load anew.
  wireSwitches() {
    const forms = [...this.figure.querySelectorAll("form.switch")];
    for (const form of forms) {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = form.querySelector("button");
        button.disabled = true;
        try {
          const answer = await fetch(form.action, { method: "POST", redirect: "manual" });
          if (answer.ok || answer.type === "opaqueredirect") for (const each of forms) each.hidden = !each.hidden;
        } finally {
          button.disabled = false;
        }
      });
    }
  }
}

const tiles = [...document.querySelectorAll(".tile")].map((figure) => new Tile(figure));
const count = document.getElementById("count");
setInterval(() => {
  const live = tiles.filter((tile) => tile.judge()).length;
  count.textContent = count.dataset.fine.replace("{n}", count.dataset.all).replace("{live}", live);
}, 500);
