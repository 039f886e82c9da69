// Template lines are as long as the text wants them.
extension StarterTemplates {
  /// The English texts, by event.
  static let english: [TemplateSource] = [
    TemplateSource(
      name: "order_accepted.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! {{shop_name}} is packing your order No. {{order_code}}.
        {{#planned_date}}

        Expected on {{date(planned_date)}}.
        {{/planned_date}}
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_cancelled.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! Order No. {{order_code}} at {{shop_name}} was cancelled. If it was already paid, Kaspi returns the money.

        If this is a mistake or you still need the goods, reply to this message and we will help.
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_created.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! This is {{shop_name}} on Kaspi.

        Thank you, we have your order No. {{order_code}}.
        {{#items}}
        • {{title}} — {{pieces(quantity)}}
        {{/items}}
        {{#more_items}}
        • and {{more_items}} more {{#one(more_items)}}item{{/one(more_items)}}{{#other(more_items)}}items{{/other(more_items)}}
        {{/more_items}}
        {{#total}}
        Total: {{money(total)}}
        {{/total}}
        How you get it: {{delivery}}{{#city}}, {{city}}{{/city}}
        {{#planned_date}}
        Expected: {{date(planned_date)}}
        {{/planned_date}}

        Any questions? Just reply to this message.
        {{#first_contact}}
        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_delivered.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! Your order No. {{order_code}} has arrived. Thank you for choosing {{shop_name}}.

        If anything is wrong with it, reply to this message and we will help.
        {{#review_link}}
        If all is well, we would be glad of your review: {{review_link}}
        {{/review_link}}
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_handed_over.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! Your order No. {{order_code}} from {{shop_name}} is on its way{{#city}} to {{city}}{{/city}}.
        {{#planned_date}}
        Expected on {{date(planned_date)}}.
        {{/planned_date}}

        You can follow it in the Kaspi.kz app.
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_returned.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! The return of order No. {{order_code}} is complete. Kaspi returns the money.

        We are sorry that it was not right for you. If you tell us what was wrong, {{shop_name}} will do better.
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "ready_for_pickup.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! Your order No. {{order_code}} is ready for pickup at {{shop_name}}.
        {{#items}}
        • {{title}} — {{pieces(quantity)}}
        {{/items}}
        {{#more_items}}
        • and {{more_items}} more {{#one(more_items)}}item{{/one(more_items)}}{{#other(more_items)}}items{{/other(more_items)}}
        {{/more_items}}

        Address and opening hours are in your order in the Kaspi.kz app. Please collect it within three working days.
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "repeat_offer.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! Thank you for shopping at {{shop_name}}. If you need {{#first_item}}“{{shorten(first_item)}}” or anything else{{/first_item}}{{^first_item}}anything{{/first_item}} again, we are here: {{seller_link}}
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "review_request.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! You have received order No. {{order_code}} from {{shop_name}}{{#first_item}}: {{shorten(first_item)}}{{/first_item}}. Is everything all right?
        {{#review_link}}

        We would be grateful for an honest review: {{review_link}}
        {{/review_link}}

        If anything is wrong, reply and we will help.
        {{#first_contact}}

        To get no more messages, reply STOP.
        {{/first_contact}}

        """),
  ]
}
