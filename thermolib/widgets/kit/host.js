// The host of a page without a kernel: a model that remembers, and nobody at the other end.
globalThis.thermoHost = async (place, module) => {
  const read = (script) => JSON.parse(script.textContent);
  const esm = read(document.querySelector(`script[data-once="${module}"]`));
  const state = read(place.querySelector("script"));
  const listeners = {};
  const model = {
    get: (key) => state[key],
    set(key, value) {
      if (state[key] === value) return;
      state[key] = value;
      for (const listen of listeners[`change:${key}`] ?? []) listen();
    },
    on: (event, listen) => (listeners[event] ??= new Set()).add(listen),
    off: (event, listen) => listeners[event]?.delete(listen),
    save_changes() {},
  };
  const still = place.querySelector(".thermo-still");
  try {
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const widget = (await import(url)).default;
    URL.revokeObjectURL(url);
    const el = document.createElement("div");
    await widget.render({ model, el, still });
    still.replaceWith(el);
    place.dataset.ready = "yes";
  } catch (error) {
    // The still picture stays, and says why it does not move.
    still.querySelector("figcaption").append(
      ` (This browser cannot run the interactive figure: ${error.message})`,
    );
    place.dataset.ready = "no";
  }
};
