/** A picture as the API takes it. */

/** The octets of a file in base64. */
export async function base64Of(file: Blob): Promise<string> {
  const octets = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const octet of octets) text += String.fromCharCode(octet);
  return btoa(text);
}
