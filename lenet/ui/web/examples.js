// A strip of example pictures as buttons; a click triggers "select" with {index}: its number, or the name of a button
// below the strip.
//
// The value: {sheet, names}. sheet is the URL of a picture that holds the examples in rows of COLUMNS, names says what
// each one shows, row by row.

const COLUMNS = 10;

const root = element.querySelector(".examples");

function build() {
  const { sheet, names } = received();
  const rows = names.length / COLUMNS;
  root.replaceChildren(
    ...names.map((name, index) => {
      const button = Object.assign(document.createElement("button"), { type: "button", title: name });
      const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
      button.setAttribute("aria-label", `Example: ${name}`);
      button.style.backgroundImage = `url(${sheet})`;
      button.style.backgroundSize = `${COLUMNS * 100}% ${rows * 100}%`;
      button.style.backgroundPosition = `${(100 * column) / (COLUMNS - 1)}% ${(100 * row) / Math.max(rows - 1, 1)}%`;
      button.addEventListener("click", () => trigger("select", { index }));
      return button;
    }),
  );
}

for (const button of element.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => trigger("select", { index: button.dataset.example }));
}
watch("value", build);
build();
