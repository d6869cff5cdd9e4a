/** What the menu leads to, in its order: groups of route names, each with its icon. */
import {
  mdiAccountGroupOutline,
  mdiCalendarMultiple,
  mdiChartBar,
  mdiClipboardTextClockOutline,
  mdiDns,
  mdiEmailAlertOutline,
  mdiEmailCheckOutline,
  mdiEmailEditOutline,
  mdiEmailOffOutline,
  mdiHeartPulse,
  mdiKeyOutline,
  mdiLaptop,
  mdiPaletteOutline,
  mdiProgressUpload,
  mdiWebhook,
} from "@mdi/js";

export const SECTIONS = [
  {
    name: "people",
    pages: [
      { name: "overview", icon: mdiChartBar },
      { name: "events", icon: mdiCalendarMultiple },
      { name: "organizers", icon: mdiAccountGroupOutline },
      { name: "jobs", icon: mdiProgressUpload },
    ],
  },
  {
    name: "mail",
    pages: [
      { name: "deliverability", icon: mdiEmailCheckOutline },
      { name: "suppression", icon: mdiEmailOffOutline },
      { name: "dns", icon: mdiDns },
    ],
  },
  {
    name: "look",
    pages: [
      { name: "branding", icon: mdiPaletteOutline },
      { name: "templates", icon: mdiEmailEditOutline },
    ],
  },
  {
    name: "programs",
    pages: [
      { name: "keys", icon: mdiKeyOutline },
      { name: "webhooks", icon: mdiWebhook },
    ],
  },
  {
    name: "server",
    pages: [
      { name: "health", icon: mdiHeartPulse },
      { name: "dead-letters", icon: mdiEmailAlertOutline },
      { name: "audit", icon: mdiClipboardTextClockOutline },
      { name: "sessions", icon: mdiLaptop },
    ],
  },
] as const;
