/* Peers in C: libxml2's own writer and its schema stream. Prints one line of JSON, as our own measuring program does.
 *
 *   pricelist write TABLE FILE     offers of a table to a durable file, by xmlTextWriter
 *   pricelist validate SCHEMA FILE a file against a schema, streaming
 */
#include <fcntl.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static long size_of(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 ? (long)s.st_size : 0;
}

static int report(long items, long bytes, double seconds, long check) {
  printf("{\"items\":%ld,\"bytes\":%ld,\"seconds\":%.6f,\"check\":%ld}\n", items, bytes, seconds, check);
  return 0;
}

typedef struct { char *cell[6]; } Row;

static Row *read_table(const char *path, long *count) {
  long size = size_of(path);
  char *text = malloc(size + 1);
  FILE *file = fopen(path, "rb");
  if (!file || fread(text, 1, size, file) != (size_t)size) exit(66);
  fclose(file);
  text[size] = 0;
  long lines = 0;
  for (long i = 0; i < size; i++) lines += text[i] == '\n';
  Row *rows = malloc(lines * sizeof *rows);
  char *place = text;
  for (long n = 0; n < lines; n++)
    for (int c = 0; c < 6; c++) {
      rows[n].cell[c] = place;
      place = strpbrk(place, "\t\n");
      *place++ = 0;
    }
  *count = lines;
  return rows;
}

static void stock(xmlTextWriterPtr w, const char *store, const char *count) {
  xmlTextWriterStartElement(w, BAD_CAST "availability");
  xmlTextWriterWriteAttribute(w, BAD_CAST "available", BAD_CAST(strcmp(count, "0") ? "yes" : "no"));
  xmlTextWriterWriteAttribute(w, BAD_CAST "storeId", BAD_CAST store);
  xmlTextWriterWriteAttribute(w, BAD_CAST "stockCount", BAD_CAST count);
  xmlTextWriterEndElement(w);
}

static int write_list(const char *table, const char *path) {
  long count;
  Row *rows = read_table(table, &count);
  double start = now();
  xmlTextWriterPtr w = xmlNewTextWriterFilename(path, 0);
  if (!w) return 73;
  xmlTextWriterSetIndent(w, 1);
  xmlTextWriterSetIndentString(w, BAD_CAST "  ");
  xmlTextWriterStartDocument(w, NULL, "utf-8", NULL);
  xmlTextWriterStartElement(w, BAD_CAST "kaspi_catalog");
  xmlTextWriterWriteAttribute(w, BAD_CAST "xmlns", BAD_CAST "kaspiShopping");
  xmlTextWriterWriteAttribute(w, BAD_CAST "xmlns:xsi", BAD_CAST "http://www.w3.org/2001/XMLSchema-instance");
  xmlTextWriterWriteAttribute(w, BAD_CAST "xsi:schemaLocation",
                              BAD_CAST "kaspiShopping http://kaspi.kz/kaspishopping.xsd");
  xmlTextWriterWriteElement(w, BAD_CAST "company", BAD_CAST "Bench");
  xmlTextWriterWriteElement(w, BAD_CAST "merchantid", BAD_CAST "14000001");
  xmlTextWriterStartElement(w, BAD_CAST "offers");
  for (long n = 0; n < count; n++) {
    char **cell = rows[n].cell;
    xmlTextWriterStartElement(w, BAD_CAST "offer");
    xmlTextWriterWriteAttribute(w, BAD_CAST "sku", BAD_CAST cell[0]);
    xmlTextWriterWriteElement(w, BAD_CAST "model", BAD_CAST cell[1]);
    xmlTextWriterWriteElement(w, BAD_CAST "brand", BAD_CAST cell[2]);
    xmlTextWriterStartElement(w, BAD_CAST "availabilities");
    stock(w, "PP1", cell[4]);
    stock(w, "PP2", cell[5]);
    xmlTextWriterEndElement(w);
    xmlTextWriterWriteElement(w, BAD_CAST "price", BAD_CAST cell[3]);
    xmlTextWriterEndElement(w);
  }
  xmlTextWriterEndDocument(w);
  xmlFreeTextWriter(w);
  int file = open(path, O_WRONLY);
  if (file < 0 || fsync(file) != 0) return 74;
  close(file);
  return report(count, size_of(path), now() - start, count);
}

static long violations;
static void count_violation(void *context, xmlErrorPtr error) {
  (void)context, (void)error;
  violations++;
}

static int validate(const char *schema_path, const char *path) {
  double start = now();
  xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(schema_path);
  xmlSchemaPtr schema = xmlSchemaParse(parser);
  xmlSchemaFreeParserCtxt(parser);
  if (!schema) return 65;
  xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema);
  xmlSchemaSetValidStructuredErrors(context, (xmlStructuredErrorFunc)count_violation, NULL);
  int verdict = xmlSchemaValidateFile(context, path, 0);
  if (verdict < 0) return 70;
  xmlSchemaFreeValidCtxt(context);
  xmlSchemaFree(schema);
  return report(1, size_of(path), now() - start, violations);
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "write")) return write_list(argv[2], argv[3]);
  if (argc == 4 && !strcmp(argv[1], "validate")) return validate(argv[2], argv[3]);
  fputs("usage: pricelist write TABLE FILE | pricelist validate SCHEMA FILE\n", stderr);
  return 64;
}
