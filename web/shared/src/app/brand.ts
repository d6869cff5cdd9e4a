/** The domain's name, logo and colours, as its admins chose them: asked for anew at each start, and kept for the next. */
import { ref } from "vue";
import { api, data, type Schemas } from "../api/client";
import { inkOn, readable } from "../format/colours";
import { vuetify } from "./theme";

export type Look = Schemas["Look"];

const KEPT = "invited.brand";
/** More than text needs (4.5), since it also stands on tints of itself. */
const ENOUGH = 6;

/** What is known; null until it was once asked for. */
export const brand = ref<Look | null>(null);

/** The product's name. */
export function brandName(): string {
  return brand.value?.name || "invited";
}

/** Look as at the last visit, and soon as it is now; without an answer it stays as it was. */
export async function wearBrand(): Promise<void> {
  wear(kept());
  const look = await data(api.GET("/api/v1/branding")).catch(() => null);
  if (!look) return;
  localStorage.setItem(KEPT, JSON.stringify(look));
  wear(look);
}

function wear(look: Look | null): void {
  brand.value = look;
  for (const theme of look ? Object.values(vuetify.theme.themes.value) : []) {
    const primary = readable(look!.color, theme.dark ? "#212121" : "#ffffff", ENOUGH);
    Object.assign(theme.colors, { primary, "on-primary": inkOn(primary), info: primary });
  }
}

function kept(): Look | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}
