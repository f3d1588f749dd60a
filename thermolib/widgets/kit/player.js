// What runs by itself: it rests where motion is not wanted, off the screen and in a hidden tab.
const LONGEST = 0.1; // seconds a frame counts for at most: after a rest nothing is made up for

// frame(seconds) draws the next picture; show(running) says on the page whether it runs.
export function player(box, frame, show) {
  let running = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let onScreen = true, request = 0, before = null;

  function tick(time) {
    frame(Math.min(LONGEST, (time - (before ?? time)) / 1000));
    before = time;
    if (running) request = requestAnimationFrame(tick);
  }
  function play() {
    cancelAnimationFrame(request);
    before = null;
    if (running && onScreen && !document.hidden) request = requestAnimationFrame(tick);
    show(running);
  }
  const seen = new IntersectionObserver(([entry]) => { onScreen = entry.isIntersecting; play(); });
  seen.observe(box);
  document.addEventListener("visibilitychange", play);

  return {
    get running() { return running; },
    run(wanted) {
      running = wanted;
      play();
    },
    stop() {
      running = false;
      cancelAnimationFrame(request);
      seen.disconnect();
      document.removeEventListener("visibilitychange", play);
    },
  };
}
