// Where the server is, seen from here, and who may speak to the page: nobody but itself.
window.__streamlit = {
  BACKEND_BASE_URL: new URL("./", location.href).href,
  HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false },
};
