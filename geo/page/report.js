"use strict";
// What every report does: two languages, a list that leads to the map, a slider over time, print.
const yilu = (() => {
  const layers = {};
  let shown = "zh";

  const both = (words) => `<span lang="zh">${words[0]}</span><span lang="en">${words[1]}</span>`;

  function speak(language) {
    shown = language;
    document.documentElement.dataset.language = language;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.getElementById("language").textContent = language === "zh" ? "English" : "中文";
  }

  function remember(feature, layer) {
    const { tip, card, key } = feature.properties;
    if (tip) layer.bindTooltip(tip, { sticky: true });
    if (card) layer.bindPopup(card, { maxWidth: 320 });
    if (key) (layers[key] ??= []).push(layer);
  }

  function lead(map) {
    for (const row of document.querySelectorAll("tr[data-key]")) {
      row.tabIndex = 0;
      const show = () => {
        const found = layers[row.dataset.key];
        if (!found) return;
        const bounds = found.reduce(
          (all, one) => all.extend(one.getBounds ? one.getBounds() : one.getLatLng()), L.latLngBounds([]));
        map.fitBounds(bounds.pad(0.6), { maxZoom: 17, animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
        found[0].openPopup(bounds.getCenter());
      };
      row.addEventListener("click", show);
      row.addEventListener("keydown", (event) => event.key === "Enter" && show());
    }
  }

  // Each feature carries one digit per step in `steps`; `styles` says how each digit is drawn.
  function slide(layer, labels, styles) {
    const box = document.createElement("section");
    box.className = "slider";
    box.innerHTML = `<button type="button" aria-label="play">▶</button>
      <input type="range" min="0" max="${labels.length - 1}" value="${labels.length - 1}" aria-label="time"><output></output>`;
    document.body.appendChild(box);
    const [play, input, output] = box.children;
    const draw = () => {
      const step = Number(input.value);
      output.innerHTML = both(labels[step]);
      layer.eachLayer((one) => one.setStyle(styles[one.feature.properties.steps[step]]));
    };
    let timer = 0;
    const stop = () => { clearInterval(timer); timer = 0; play.textContent = "▶"; };
    play.addEventListener("click", () => {
      if (timer) return stop();
      if (Number(input.value) === labels.length - 1) input.value = 0;
      play.textContent = "❚❚";
      draw();
      timer = setInterval(() => {
        if (Number(input.value) === labels.length - 1) return stop();
        input.value = Number(input.value) + 1;
        draw();
      }, 700);
    });
    input.addEventListener("input", () => { stop(); draw(); });
    draw();
  }

  function finish(map) {
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    const north = L.control({ position: "topright" });
    north.onAdd = () => {
      const sign = L.DomUtil.create("div", "north");
      sign.innerHTML = `<svg width="16" height="20" viewBox="0 0 16 20" aria-hidden="true"><path d="M8 1 14 19 8 15 2 19Z" fill="#1d2733"/></svg><br>${both(["北", "N"])}`;
      return sign;
    };
    north.addTo(map);
    const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language;
    speak(wanted.startsWith("en") ? "en" : "zh");
    document.getElementById("language").addEventListener("click", () => speak(shown === "zh" ? "en" : "zh"));
    document.getElementById("print").addEventListener("click", () => window.print());
    window.addEventListener("beforeprint", () => {
      const whole = L.latLngBounds([]);
      map.eachLayer(layer => { if (layer.getBounds) whole.extend(layer.getBounds()); });
      map.invalidateSize();
      if (whole.isValid()) map.fitBounds(whole, { animate: false });
    });
    lead(map);
    new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
    document.documentElement.dataset.ready = "yes";
  }

  return { remember, slide, finish };
})();
