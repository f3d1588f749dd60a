// The host of a page without a kernel: a model that remembers, and nobody at the other end.
globalThis.thermoModules ??= {}; // each is read once, however many widgets it makes
globalThis.thermoHost = async (place, module) => {
  const read = (script) => JSON.parse(script.textContent);
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
  async function load() {
    const esm = read(document.querySelector(`script[data-once="${module}"]`));
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const loaded = await import(url);
    URL.revokeObjectURL(url);
    return loaded;
  }
  const still = place.querySelector(".thermo-still");
  try {
    const widget = (await (globalThis.thermoModules[module] ??= load())).default;
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
