/** What a registry says of an error, as JSON. */
export function errors(code, message) {
  return { errors: [{ code, message }] };
}

/** @param body text, or what is sent as JSON */
export function answer(response, status, body) {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}
