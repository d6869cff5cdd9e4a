import { defineConfig } from "vite";
import { app } from "../vite.app.ts";

export default defineConfig(app("admin"));
