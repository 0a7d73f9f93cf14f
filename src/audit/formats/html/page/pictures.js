// The pictures follow what is chosen: each shows what there would be with its own filter taken away.

const buttons = [...document.querySelectorAll("[data-facet]")];
const NOTHING = SEVERITIES.map(() => 0);
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

function drawPictures(state, numbers) {
  for (const facet of Object.keys(FACETS)) {
    const values = [...numbers[facet].values()].map(sum);
    const widest = Math.max(1, ...values);
    for (const button of buttons.filter((one) => one.dataset.facet === facet)) {
      const own = numbers[facet].get(button.dataset.value) ?? NOTHING;
      button.querySelector("[data-number]").textContent = grouped(sum(own));
      button.setAttribute("aria-pressed", state[facet].includes(button.dataset.value));
      button.classList.toggle("empty", sum(own) === 0);
      drawBar(button.querySelector(".bar"), own, widest);
    }
    document.querySelector(`[data-panel="${facet}"]`)?.classList.toggle("narrowed", state[facet].length > 0);
  }
  const spectrum = SEVERITIES.map((severity) => {
    const wanted = state.severity.length === 0 || state.severity.includes(severity);
    return wanted ? sum(numbers.severity.get(severity) ?? NOTHING) : 0;
  });
  drawBar(document.querySelector("[data-spectrum] .bar"), spectrum, Math.max(1, sum(spectrum)));
}

function drawBar(bar, numbers, widest) {
  if (!bar) return;
  let left = 0;
  numbers.forEach((number, index) => {
    const width = (number * 100) / widest;
    bar.children[index].setAttribute("x", left.toFixed(3));
    bar.children[index].setAttribute("width", width.toFixed(3));
    left += width;
  });
}

function startPictures() {
  for (const button of buttons) {
    button.addEventListener("click", () => toggle(button.dataset.facet, button.dataset.value));
  }
}
