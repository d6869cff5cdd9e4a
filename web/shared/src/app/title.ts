/** What the browser's tab says of a page. */
import { watchEffect } from "vue";
import { brandName } from "./brand";

/** `title` may change with the page's data. */
export function usePageTitle(title: () => string): void {
  watchEffect(() => {
    document.title = title() ? `${title()} · ${brandName()}` : brandName();
  });
}
