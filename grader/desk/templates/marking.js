"use strict";
const {token, question} = document.body.dataset;
const forms = [...document.querySelectorAll("form.answer")];
const comments = document.getElementById("comments");

function current() {
  const active = document.activeElement.closest("form.answer");
  return active ? forms.indexOf(active) : -1;
}

function go(place) {
  if (!forms[place]) return;
  forms[place].scrollIntoView({block: "start"});
  forms[place].elements.points.focus();
  forms[place].elements.points.select();
}

function nextUnmarked() {
  const from = current() + 1;
  const places = forms.map((_, place) => (from + place) % forms.length);
  const found = places.find(place => forms[place].classList.contains("waiting"));
  if (found !== undefined) go(found);
}

function listComments(texts) {
  comments.replaceChildren(...texts.map(text => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    item.append(button);
    return item;
  }));
}

function useComment(text) {
  const field = forms[last].elements.comment;
  if (!field.value.includes(text)) field.value = field.value ? field.value + "\n" + text : text;
}

async function save(form) {
  const state = form.querySelector(".state");
  const {points, comment} = form.elements;
  state.textContent = "saving";
  const told = {student: form.dataset.student, points: points.value, comment: comment.value};
  let answer, said = {};
  try {
    answer = await fetch(`/question/${question}/mark`, {
      method: "POST", body: JSON.stringify(told), headers: {"X-Marking-Token": token},
    });
    said = await answer.json();
  } catch (error) {
    said.problem = said.problem || "not saved: is `grader mark` still running?";
  }
  const saved = Boolean(answer && answer.ok && !said.problem);
  state.classList.toggle("problem", !saved);
  state.textContent = saved ? "marked" : said.problem || "not saved";
  if (!saved) return false;
  form.classList.remove("waiting");
  document.getElementById("progress").textContent = `${said.marked} of ${said.count}`;
  listComments(said.comments);
  return true;
}

let last = 0;
document.addEventListener("focusin", () => { if (current() >= 0) last = current(); });
for (const [place, form] of forms.entries()) {
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (await save(form)) go(place + 1);
  });
  form.addEventListener("input", () => { form.querySelector(".state").textContent = "not saved yet"; });
}
comments.addEventListener("click", event => {
  if (event.target.tagName === "BUTTON") { useComment(event.target.textContent); go(last); }
});
document.addEventListener("keydown", event => {
  const {key, target} = event;
  if (key === "Enter" && target.tagName === "TEXTAREA" && !event.shiftKey) {
    event.preventDefault();
    target.form.requestSubmit();
  }
  if (!event.altKey) return;
  const button = /^[1-9]$/.test(key) && comments.querySelectorAll("button")[key - 1];
  const done = {ArrowDown: () => go(current() + 1), ArrowUp: () => go(current() - 1), n: nextUnmarked}[key];
  if (button) useComment(button.textContent);
  else if (done) done();
  else return;
  event.preventDefault();
});
const hide = document.getElementById("hide-names");
function hideNames() {
  document.body.classList.toggle("nameless", hide.checked);
  sessionStorage.setItem("nameless", hide.checked ? "1" : "");
}
hide.checked = Boolean(sessionStorage.getItem("nameless"));
hide.addEventListener("change", hideNames);
hideNames();
nextUnmarked();
