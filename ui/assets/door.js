const token = location.hash.replace(/^#(token=)?/, "");
history.replaceState(null, "", location.pathname + location.search);
if (token) {
  document.getElementById("token").value = token;
  document.getElementById("door").hidden = false;
} else {
  document.getElementById("words").textContent =
    "This address lacks its access token. Open the whole link that you were given.";
}
